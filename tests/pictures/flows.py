"""Two flows whose runs have in them what the key views can show."""

STATES = """\
# Try it with: {"content": "cats are nice", "kind": "letter"}

[llm]
provider = "scripted"

[orchestration]
mode = "mixed"
timeout_seconds = 300
retry_attempts = 0

[[orchestration.mixed.stages]]
name = "reading"
mode = "parallel"

[[orchestration.mixed.stages.branches]]
name = "facts"
mode = "sequential"
agents = ["reader"]

[[orchestration.mixed.stages.branches]]
name = "numbers"
mode = "sequential"
agents = ["counter"]
required = false

[[orchestration.mixed.stages]]
name = "writing"

[[orchestration.mixed.stages.choices]]
name = "blog"
when = "kind == 'blog'"
mode = "sequential"
agents = ["blogger"]

[[orchestration.mixed.stages.choices]]
name = "letter"
otherwise = true
mode = "sequential"
agents = ["writer", "sender"]

[agents.reader]
prompt = "Read {content}"
[agents.counter]
prompt = "Count {content}"
output = { count = "integer" }
[agents.blogger]
prompt = "Blog about {content}"
[agents.writer]
prompt = "Write about {reader_response}"
[agents.sender]
prompt = "Send {writer_response}"

[providers.scripted]
answers = ["cats purr when all is well"]
seconds_per_word = 1
"""
"""Nine seconds on, one agent is done, one failed, one works, one is to come, and one was not chosen."""

ROUNDS = """\
# Two notes are made side by side, and a draft goes round between a writer and a critic.
# Try it with: {"topic": "cats", "audience": "beginners"}

[llm]
provider = "scripted"

[orchestration]
mode = "mixed"
timeout_seconds = 300

[[orchestration.mixed.stages]]
name = "notes"
mode = "collaborative"
agents = ["observer", "reader"]

[[orchestration.mixed.stages]]
name = "draft"
mode = "loop"
agents = ["writer", "critic"]
config = { max_iterations = 4, loop_condition = "score >= 9" }

[agents.observer]
prompt = "What do {topic} do?"
output = { facts = "list", source = "string" }

[agents.reader]
prompt = "What is written about {topic} for {audience}?"
output = { books = "list", source = "string" }

[agents.writer]
prompt = "Write about {topic} with {facts}."
output = { text = "string", tone = "string", points = "list", title = "string" }

[agents.critic]
prompt = "Rate: {text}"
output = { score = "integer", advice = "string" }

[agents.critic.retry_policy]
max_retries = 2
initial_delay_ms = 500
jitter = false

[providers.scripted]
seconds_per_word = 0.25

[providers.scripted.replies]
observer = [{ facts = ["they purr", "they sleep"], source = "seen" }]
reader = [{ books = ["On cats"], source = "read" }]
writer = [
  { text = "Cats are nice.", tone = "dry", points = ["purr", "sleep"], title = "Cats" },
  { text = "Cats are very nice.", tone = "warm", points = ["sleep", "purr"], title = "Cats" },
  { text = "Cats are charming.", tone = "dry", points = ["purr", "hunt"], title = "Cats" },
  { text = "Cats are charming animals.", tone = "warm", points = ["hunt", "sleep", "purr"], title = "Charm" },
]
critic = [
  { score = 4, advice = "Say more." },
  "hm, let me think",
  { score = 6, advice = "Say more." },
  { score = 5, advice = "Say what they do." },
  { score = 9, advice = "Well done." },
]
"""
"""A conflict of two agents, a loop of four iterations in which a value goes to and fro, and a retry."""

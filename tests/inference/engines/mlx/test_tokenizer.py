"""A model's tokenizer and chat template, held against what transformers makes of them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from jarvis.inference.engine import Turn
from jarvis.inference.engines.mlx.chat_template import ChatTemplate
from jarvis.inference.engines.mlx.tokenizer import Tokenizer
from tests.inference.sample import reply_prompt
from tests.inference.tiny_model import write_tiny_model
from tests.needs import needs_mlx

pytestmark = needs_mlx

TEMPLATES = {
    "roles": (
        "{{ bos_token }}{% for m in messages %}"
        "<|im_start|>{{ m.role | upper }}\n{{ m['content'] | trim }}<|im_end|>\n"
        "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    ),
    "json": "{% for m in messages %}{{ m | tojson }}{{ [m.role] | tojson(indent=2) }}"
    "{% endfor %}{{ 'é' | tojson }}",
    "loops": (
        "{% for m in messages %}\n"
        "    {% if m.role == 'system' %}{% continue %}{% endif %}\n"
        "    {{- m.content }}{% break %}\n"
        "{% endfor %}\n{{ tools is none }} {{ documents is none }}"
    ),
    "generation": (
        "{% for m in messages %}{% generation %}{{ m.content }}{{ eos_token }}"
        "{% endgeneration %}{% endfor %}"
    ),
    "thinking": "{{ messages | length }}{% if enable_thinking is false %} quick{% endif %}"
    "{% if not tools %} alone{% endif %}",
    "marks": "{{ unk_token }}|{{ pad_token }}|{{ image_token }}|{{ nothing }}",
}
"""What templates of models do: filters, loops left early, tags of training, named marks."""

SETTINGS: dict[str, Any] = {
    "bos_token": {"content": "<|begin|>", "special": True, "__type": "AddedToken"},
    "eos_token": "<|im_end|>",
    "unk_token": None,
    "pad_token": "<|pad|>",
    "image_token": "<|image|>",
}
LISTED = {
    "300": {"content": "<|later|>", "special": True},
    "299": {"content": "<tool>", "special": False},
}

_THEIRS = """
import json, sys
from transformers import AutoTokenizer
tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
messages = [
    {"role": "system", "content": " Be brief. "}, {"role": "user", "content": "<Ça> va?"},
]
text = tokenizer.apply_chat_template(
    messages, tokenize=False, add_generation_prompt=True, enable_thinking=False,
)
ids = tokenizer.encode(text, add_special_tokens=False)
added = sorted(tokenizer.get_added_vocab())
print(json.dumps([text, ids, tokenizer.decode(ids), added]))
"""


def folder_of(path: Path, template: str, **settings: Any) -> Path:
    """A tiny model with these settings."""
    folder = write_tiny_model(path, template=template)
    config = folder / "tokenizer_config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | settings))
    return folder


def theirs(folder: Path) -> list[Any]:
    """The prompt's text and ids, that text again, and the added tokens."""
    shown = subprocess.run(
        [sys.executable, "-P", "-c", _THEIRS, str(folder)],
        capture_output=True,
        check=True,
        timeout=60,
    )
    found: list[Any] = json.loads(shown.stdout)
    return found


def ours(folder: Path) -> list[Any]:
    """The same by ours."""
    tokenizer = Tokenizer(folder)
    template = ChatTemplate(tokenizer, "tiny")
    turns = (
        Turn(role="system", content=" Be brief. "),
        Turn(role="user", content="<Ça> va?"),
    )
    text = template.render(turns)
    ids = tokenizer.encode(text)
    return [text, ids, tokenizer.decode(ids), sorted(tokenizer.added)]


def test_every_template_reads_as_with_transformers(tmp_path: Path) -> None:
    """All in one, a line each: the text, its ids, and the marks that are known."""
    joined = "\n\n".join(TEMPLATES.values())
    folder = folder_of(tmp_path / "m", joined, **SETTINGS)
    assert ours(folder) == theirs(folder)


def test_tokens_that_only_the_settings_list_are_known(tmp_path: Path) -> None:
    """They get the ids of transformers; marks among them are control tokens."""
    template = "{{ messages[0].content }}<|later|><tool><|im_start|>"
    folder = folder_of(tmp_path / "m", template, added_tokens_decoder=LISTED)
    assert ours(folder) == theirs(folder)
    tokenizer = Tokenizer(folder)
    later, tool, *_ = tokenizer.encode("<|later|><tool>")
    assert later in tokenizer.control_ids
    assert tool not in tokenizer.control_ids


def test_a_template_in_a_file_of_its_own_goes_first(tmp_path: Path) -> None:
    """As models have it that were published lately."""
    folder = folder_of(tmp_path / "m", "in the settings")
    (folder / "chat_template.jinja").write_text("{{ messages[0].content }}!")
    assert ours(folder)[0] == " Be brief. !"
    assert ours(folder) == theirs(folder)


def test_of_several_templates_the_default_is_taken(tmp_path: Path) -> None:
    """Others are for tools."""
    folder = write_tiny_model(tmp_path / "m")
    several = [
        {"name": "tool_use", "template": "tools"},
        {"name": "default", "template": "plain {{ messages | length }}"},
    ]
    config = folder / "tokenizer_config.json"
    config.write_text(json.dumps({"chat_template": several, "eos_token": "<|im_end|>"}))
    assert ours(folder)[0] == "plain 2"


def test_how_training_cut_its_texts_does_not_cut_a_prompt(tmp_path: Path) -> None:
    """Some tokenizer.json were saved with a length and with padding."""
    folder = write_tiny_model(tmp_path / "m")
    whole = Tokenizer(folder).encode("Are you free for dinner on Friday?")
    path = folder / "tokenizer.json"
    content = json.loads(path.read_text())
    content["truncation"] = {
        "direction": "Right",
        "max_length": 4,
        "strategy": "LongestFirst",
        "stride": 0,
    }
    path.write_text(json.dumps(content))
    assert len(whole) > 4
    assert Tokenizer(folder).encode("Are you free for dinner on Friday?") == whole


def test_a_text_grows_by_whole_letters(tmp_path: Path) -> None:
    """However many ids a letter has; what is given joins to the text."""
    tokenizer = Tokenizer(write_tiny_model(tmp_path / "m"))
    text = "Zoë: 👩‍👩‍👧 für 你好"
    text_of = tokenizer.stream()
    given = [text_of(number) for number in tokenizer.encode(text)]
    assert "".join(given) == text
    assert not any("\ufffd" in each for each in given)
    assert "" in given


_LOADING = """
import sys
from pathlib import Path
from jarvis.inference.engines.mlx.engine import MlxGenerator
from jarvis.inference.models.folder import read_model
model = MlxGenerator(read_model(Path(sys.argv[1])))
from tests.inference.sample import nobody_minds, reply_prompt
next(model.generate(reply_prompt(), nobody_minds))
print(*sorted({name.partition(".")[0] for name in sys.modules}))
import huggingface_hub, transformers
print(transformers.AutoTokenizer.__name__, huggingface_hub.HfApi.__name__)
"""


def test_a_model_writes_without_transformers(tmp_path: Path) -> None:
    """Importing it takes ten times as long; who wants it later gets the real one."""
    folder = write_tiny_model(tmp_path / "m")
    shown = subprocess.run(
        [sys.executable, "-c", _LOADING, str(folder)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    loaded, later = shown.stdout.splitlines()
    heavy = {"transformers", "huggingface_hub", "numpy", "httpx", "asyncio"}
    assert not heavy & set(loaded.split())
    assert later == "AutoTokenizer HfApi"


def test_a_prompt_is_what_its_template_writes(tmp_path: Path) -> None:
    """The ids of the whole prompt are those of the rendered text."""
    tokenizer = Tokenizer(write_tiny_model(tmp_path / "m"))
    template = ChatTemplate(tokenizer, "tiny")
    prompt = reply_prompt()
    assert template.ids(prompt) == tokenizer.encode(template.render(prompt.turns))


_SENTENCES = """
import io, json, sys
from pathlib import Path
import sentencepiece
folder, model = Path(sys.argv[1]), io.BytesIO()
sentencepiece.SentencePieceTrainer.train(
    sentence_iterator=iter(["Are you free on Friday?", "Sure, see you at seven!"] * 50),
    model_writer=model, vocab_size=290, model_type="bpe", byte_fallback=True,
    minloglevel=2,
)
(folder / "tokenizer.model").write_bytes(model.getvalue())
names = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
settings = {"tokenizer_class": "LlamaTokenizer", "chat_template": "x", **names}
(folder / "tokenizer_config.json").write_text(json.dumps(settings))
from jarvis.inference.engines.mlx.tokenizer import Tokenizer
tokenizer = Tokenizer(folder)
ids = tokenizer.encode("See you on Friday, Zoë?")
text_of = tokenizer.stream()
print(tokenizer.decode(ids), "".join(map(text_of, ids)), sorted(tokenizer.ends), sep="|")
"""


def test_a_tokenizer_of_before_tokenizer_json_is_read_too(tmp_path: Path) -> None:
    """Models that have a tokenizer.model alone; transformers makes the one of the other."""
    shown = subprocess.run(
        [sys.executable, "-c", _SENTENCES, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    said = "See you on Friday, Zoë?"
    assert shown.stdout.splitlines()[-1] == f"{said}|{said}|[2]"

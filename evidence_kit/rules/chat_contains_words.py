"""The chat contains the words that the document asks for, such as 「未激活」 (R52).

Why: the buyer's own word, given before the return was agreed, decides the case.
Passes: samples/chat-contains-words/pass-said.  Fails: samples/chat-contains-words/fail-no-chat.
Cannot tell: the words were not found; a screenshot may be small or cut, and a person reads it.
"""

from __future__ import annotations

from evidence_kit.checks import failed, passed, review
from evidence_kit.facts.papers import ChatShown
from evidence_kit.limits import Names
from evidence_kit.rules import rule
from evidence_kit.schema import Check, Each, Limit, Outcome, Quantity, Text, Trace


@rule(on="submission", title=Text("聊天里有要求的内容", "words in the chat"))
def chat_contains_words(chats: Each[ChatShown], *, words: Names) -> Check:
    wanted = "、".join(words)
    limit = Limit("in", list(words), "text")
    advice = Text(f"请上传买家回复「{wanted}」的聊天截图", f"Add the chat in which the buyer says {wanted}.")
    if not len(chats):
        return failed(
            "MISSING_ROLE", Text("没有聊天截图", "There is no screenshot of a chat."), advice=advice, limit=limit
        )
    for item, unknown in chats.unknown():
        if unknown.outcome is Outcome.ERROR:
            return Check(unknown.outcome, unknown.reason, message=unknown.why, traces=(Trace(item.id),))
    traces = tuple(Trace(item.id) for item, _ in chats)
    said = [word for word in words if any(word in fact.text for _, fact in chats.known())]
    actual = Quantity("、".join(said), "text")
    if len(said) == len(words):
        return passed(
            Text(f"聊天里读到「{wanted}」", f"The chat says {wanted}."), actual=actual, limit=limit, traces=traces
        )
    return review(
        "MISSING_FIELD",
        Text(
            f"聊天截图里没有读到「{wanted}」,请人工核对",
            f"The words {wanted} were not read in the chat; a person must look.",
        ),
        actual=actual,
        limit=limit,
        advice=advice,
        traces=traces,
    )

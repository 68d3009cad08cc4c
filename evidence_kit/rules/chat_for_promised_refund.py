"""A refund that customer service promised is shown by a chat screenshot (R48).

Why: without the chat nobody can see the promise.
Passes: samples/chat-for-promised-refund/pass-chat.  Fails: samples/chat-for-promised-refund/fail-no-chat.
Cannot tell: a picture that does not look like a chat; what was promised in it is a person's to read.
"""

from __future__ import annotations

from evidence_kit.checks import failed, missing, not_applicable, passed, review
from evidence_kit.facts.papers import ChatShown
from evidence_kit.rules import rule
from evidence_kit.schema import Case, Check, Each, Outcome, Text, Trace

ADVICE = Text("请上传客服答应退款的聊天截图", "Add the screenshot of the chat in which the refund was promised.")


@rule(on="submission", title=Text("承诺退款的聊天截图", "chat of the promised refund"))
def chat_for_promised_refund(case: Case, chats: Each[ChatShown]) -> Check:
    if case.promised_refund is None:
        return missing("promised_refund")
    if not case.promised_refund:
        return not_applicable(Text("客服没有答应退款,不需要聊天截图", "No refund was promised, so no chat is due."))
    if not len(chats):
        return failed("MISSING_ROLE", Text("没有聊天截图", "There is no screenshot of a chat."), advice=ADVICE)
    for item, unknown in chats.unknown():
        if unknown.outcome is Outcome.ERROR:
            return Check(unknown.outcome, unknown.reason, message=unknown.why, traces=(Trace(item.id),))
    traces = tuple(Trace(item.id) for item, _ in chats)
    if any(fact.chat for _, fact in chats.known()):
        return passed(Text("有聊天截图", "A screenshot of a chat is there."), traces=traces)
    words = Text("上传的图看不出是聊天记录,请人工看一眼", "The picture does not look like a chat; a person must look.")
    return review("MISSING_ROLE", words, advice=ADVICE, traces=traces)

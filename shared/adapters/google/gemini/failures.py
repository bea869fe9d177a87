"""What can go wrong with the model, as errors that carry no word of the transcript."""

from __future__ import annotations

from shared.domain.errors import InsightError, TooLarge


class SpendLimitReached(TooLarge):
    """Analysing this would cost more tokens than the deployment allows. Permanent."""


class AnalysisDeclined(InsightError):
    """The model or its filters do not answer for this passage. Permanent."""

    def __init__(self) -> None:
        super().__init__("The model declines to analyse a part of this transcript.")


class AnswerUnusable(InsightError):
    """The model's answer was cut off, empty or malformed, and so was its second. Permanent."""

    def __init__(self) -> None:
        super().__init__("The model's analysis of a part of this transcript could not be read.")


class RequestRefused(InsightError):
    """Vertex AI refuses the request: a fault of the deployment, which an operator can mend.

    Args:
        status: the HTTP status. What Vertex AI says besides is left out, for it may quote.
    """

    def __init__(self, status: int) -> None:
        super().__init__(
            f"Vertex AI refuses the request with status {status}; check the project, the location,"
            " the model and the permissions of the service account."
        )


class RequestFailed(Exception):
    """One request failed and may be sent again. Never leaves this package.

    Args:
        billable: whether the model may have answered all the same: the answer was lost, rather
            than refused with a status.
    """

    def __init__(self, *, billable: bool) -> None:
        super().__init__("The request failed.")
        self.billable = billable

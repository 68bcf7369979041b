"""Translate errors of AWS into messages that repeat no data sent to AWS or received from it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from core.errors import ConfigurationError, CredentialsUnavailableError, MonpsError

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOGIN: Final = (
    "set AWS_PROFILE, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the machine a role"
)
_LATER: Final = "try again in a moment"
_CLOCK: Final = (
    "AWS refused the signature of a request",
    "set this machine's clock, and check AWS_SECRET_ACCESS_KEY",
)
_UNKNOWN: Final = ("AWS does not know the credentials that are used here", _LOGIN)
# Each key is the beginning of an error code. The codes are those of the AWS documentation, in
# "Common error types" and under GetSecretValue.
_CODES: Final = {
    "ResourceNotFound": (
        "AWS Secrets Manager has no secret {name} in {place}",
        "correct DB_AWS_SECRET or DB_AWS_REGION",
    ),
    "AccessDenied": (
        "AWS denies reading {name}",
        "grant secretsmanager:GetSecretValue (and kms:Decrypt, where it has a key of its own)",
    ),
    "ExpiredToken": ("the AWS credentials have expired", _LOGIN),
    **dict.fromkeys(("UnrecognizedClient", "InvalidClientTokenId", "MissingAuth"), _UNKNOWN),
    **dict.fromkeys(("RequestExpired", "InvalidSignature", "SignatureDoesNotMatch"), _CLOCK),
}
_BUSY_CODES: Final = ("Throttling", "TooManyRequests", "RequestLimitExceeded")
_TOO_MANY: Final = 429
_ITS_FAULT: Final = 500


@contextmanager
def translated(name: str, region: str | None) -> Iterator[None]:
    """Translate boto3's errors in a ``with`` block.

    Args:
        name: The name of the secret.
        region: The AWS region of the settings; None when they name none.

    Raises:
        ConfigurationError: AWS refuses the request, or boto3 lacks a setting.
        CredentialsUnavailableError: AWS does not answer, or reports a temporary fault.
    """
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    try:
        yield
    except ClientError as error:
        # The error is not chained, because its text may contain what was sent.
        raise _refusal(error.response, name, region) from None
    except BotoCoreError as error:
        raise _boto3_refusal(error, region) from None
    except (AttributeError, KeyError, TypeError, ValueError, ResponseParserError):
        raise ConfigurationError(
            "the server that answers is not AWS, or the endpoint is not a URL",
            remedy="correct AWS_ENDPOINT_URL",
        ) from None


def _refusal(response: Any, name: str, region: str | None) -> MonpsError:
    code = str(response.get("Error", {}).get("Code", ""))
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code.startswith(_BUSY_CODES) or status == _TOO_MANY:
        return CredentialsUnavailableError(
            f"AWS has too many requests to return {name} now", remedy=_LATER
        )
    if status >= _ITS_FAULT:
        return CredentialsUnavailableError(
            f"AWS could not read {name} (HTTP status {status})", remedy=_LATER
        )
    known = (remedy for start, remedy in _CODES.items() if code.startswith(start))
    message, remedy = next(
        known, ("AWS does not return {name}", "look at the state of the secret and its key")
    )
    return ConfigurationError(message.format(name=name, place=_place(region)), remedy=remedy)


def _boto3_refusal(error: Exception, region: str | None) -> MonpsError:
    from botocore import exceptions

    kind = type(error).__name__
    if isinstance(error, exceptions.InvalidRegionError):
        return ConfigurationError(
            f"AWS has no {_place(region)}", remedy="correct DB_AWS_REGION, or the settings of boto3"
        )
    if isinstance(error, (exceptions.SSLError,)):
        return CredentialsUnavailableError(
            "the certificate of AWS was not accepted",
            remedy="check AWS_CA_BUNDLE, AWS_ENDPOINT_URL",
        )
    if isinstance(error, exceptions.EndpointConnectionError) and _is_unknown(region):
        return ConfigurationError(
            f"AWS has no {_place(region)}", remedy="correct DB_AWS_REGION, or the settings of boto3"
        )
    if isinstance(error, (exceptions.HTTPClientError, exceptions.ConnectionError)):
        return CredentialsUnavailableError(
            f"AWS does not answer in {_place(region)} ({kind})",
            remedy="check the network and DB_AWS_REGION, and try again",
        )
    if isinstance(error, (exceptions.ParamValidationError, exceptions.ValidationError)):
        return ConfigurationError(
            f"boto3 refuses the name of the secret ({kind})", remedy="correct DB_AWS_SECRET"
        )
    return ConfigurationError(f"no usable AWS credentials were found ({kind})", remedy=_LOGIN)


def _place(region: str | None) -> str:
    return f"region {_region(region)!r}"


def _region(region: str | None) -> str:
    import boto3

    return region or boto3.session.Session().region_name or ""


def _is_unknown(region: str | None) -> bool:
    import boto3

    session = boto3.session.Session()
    known = {
        name
        for partition in session.get_available_partitions()
        for name in session.get_available_regions("secretsmanager", partition)
    }
    return _region(region) not in known

"""AWS simulated by moto on the loopback address, for boto3."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

KEY = "hush AWS"
REGION = "eu-west-3"


@dataclass(frozen=True)
class Aws:
    """The server, with methods for its administrator."""

    address: str
    client: Any

    def environ(self) -> dict[str, str]:
        """The variables that boto3 reads, without those of the user who runs the tests."""
        return {
            "AWS_ENDPOINT_URL": self.address,
            "AWS_ACCESS_KEY_ID": "somebody",
            "AWS_SECRET_ACCESS_KEY": KEY,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        }

    def write(self, name: str, **values: Any) -> str:
        """Write a secret in JSON; return its name."""
        return self.write_text(name, json.dumps(values))

    def write_text(self, name: str, text: str | bytes) -> str:
        """Write a secret as plain text; return its name."""
        kind = "SecretBinary" if isinstance(text, bytes) else "SecretString"
        try:
            self.client.create_secret(Name=name, **{kind: text})
        except self.client.exceptions.ResourceExistsException:
            self.client.put_secret_value(SecretId=name, **{kind: text})
        return name

    def begin_rotation(self, name: str, **values: Any) -> str:
        """Write the next version of a secret, which is not current yet; return its id."""
        answer = self.client.put_secret_value(
            SecretId=name, SecretString=json.dumps(values), VersionStages=["AWSPENDING"]
        )
        return str(answer["VersionId"])

    def finish_rotation(self, name: str, version: str) -> None:
        """Make a version of a secret the current one."""
        stages = self.client.describe_secret(SecretId=name)["VersionIdsToStages"]
        [current] = [each for each, names in stages.items() if "AWSCURRENT" in names]
        self.client.update_secret_version_stage(
            SecretId=name,
            VersionStage="AWSCURRENT",
            MoveToVersionId=version,
            RemoveFromVersionId=current,
        )


@contextmanager
def started() -> Iterator[Aws]:
    """Run the server until the block ends."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        address = f"http://{host}:{port}"
        client = boto3.client(
            "secretsmanager",
            endpoint_url=address,
            region_name=REGION,
            aws_access_key_id="administrator",
            aws_secret_access_key="administrator",
        )
        yield Aws(address, client)
    finally:
        server.stop()

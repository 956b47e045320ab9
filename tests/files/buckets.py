"""A server of S3-compatible storage on this machine, for whoever tests with one."""

import os
import uuid
from collections.abc import Iterator

import pytest
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "tests", "AWS_DEFAULT_REGION": "us-east-1"}


@pytest.fixture(scope="session")
def storage_server() -> Iterator[str]:
    """The address of a storage server with nothing in it."""
    before = {name: os.environ.get(name) for name in CREDENTIALS}
    os.environ.update(CREDENTIALS)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()
    for name, value in before.items():
        os.environ.pop(name) if value is None else os.environ.update({name: value})


@pytest.fixture
def bucket_url(storage_server: str) -> str:
    """The address of an empty bucket, with a prefix, as the setting has it."""
    import s3fs

    name = f"grantflow-{uuid.uuid4().hex}"
    s3fs.S3FileSystem(endpoint_url=storage_server).mkdir(name)
    return f"s3://{name}/of/this?endpoint={storage_server}"

"""The practice endpoint as a server: the application put together, the socket, the end.

It announces itself with one line of JSON on standard output and ends on SIGTERM, Ctrl+C, or with its parent.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import sys
import warnings

import uvicorn
from fastapi import APIRouter, Depends, FastAPI
from PIL import Image
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp

from sdstudio.practice.auth import BasicAuth
from sdstudio.practice.behave import Behaviour
from sdstudio.practice.checkpoints import DESCRIPTION, TITLE, VERSION
from sdstudio.practice.endpoint import PracticeEndpoint
from sdstudio.practice.gateway import Gateway
from sdstudio.practice.painting_thread import PaintingThread
from sdstudio.practice.routes.extras import extra_routes
from sdstudio.practice.routes.generation import generation_routes
from sdstudio.practice.routes.lists import list_routes, lora_routes
from sdstudio.practice.routes.options import option_routes
from sdstudio.practice.routes.progress import internal_routes, progress_routes
from sdstudio.practice.serve_options import ServeOptions
from sdstudio.practice.wire_errors import ErrorBorder

_GZIP_OVER = 1000  # bytes, as the original
_GRACE_S = 3
_HOME = f"""<!doctype html>
<html lang="en"><head><title>{TITLE}</title></head>
<body><h1>{TITLE}</h1><p>{DESCRIPTION}</p><p><a href="docs">The routes</a></p></body></html>
"""


def application(endpoint: PracticeEndpoint) -> FastAPI:
    """All routes, without the gateway in front of them."""
    app = FastAPI(title=TITLE, version=VERSION, description=DESCRIPTION)
    app.add_middleware(ErrorBorder)
    app.add_middleware(GZipMiddleware, minimum_size=_GZIP_OVER, compresslevel=1)
    app.add_middleware(
        CORSMiddleware, allow_methods=["*"], allow_headers=["*"], allow_credentials=True
    )  # no origin is allowed: a page in a browser gets nothing from here
    covered = APIRouter(dependencies=[Depends(endpoint.auth)])
    for make in (generation_routes, progress_routes, option_routes, list_routes, extra_routes):
        covered.include_router(make(endpoint))
    app.include_router(covered)
    app.include_router(lora_routes())
    app.include_router(internal_routes(endpoint))

    @app.get("/", include_in_schema=False)
    async def home() -> HTMLResponse:
        return HTMLResponse(_HOME)

    return app


def run(options: ServeOptions) -> int:
    """Serve until told to end; blocks. 0, or 1 if the address cannot be listened on."""
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # `pictures` has its own, lower limit
    logging.basicConfig(stream=sys.stderr, level=logging.INFO if options.api_log else logging.WARNING)
    try:
        listener = _listener(options.host, options.port)
    except OSError as error:
        reason = error.strerror or error
        sys.stderr.write(f"sdstudio serve: cannot listen on {options.host}:{options.port}: {reason}\n")
        return 1
    endpoint = _endpoint(options)
    behaviour = endpoint.behaviour
    app = Gateway(application(endpoint), token=options.token, behaviour=behaviour)
    server = PracticeServer(app, endpoint, _url(options.host, listener))
    server.run(sockets=[listener])
    endpoint.painting.stop(_GRACE_S)
    return 0


class PracticeServer(uvicorn.Server):
    """Uvicorn that says where it listens, interrupts the running job when it is told to end, and ends with 0."""

    def __init__(self, app: ASGIApp, endpoint: PracticeEndpoint, url: str) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                loop="asyncio",
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,  # its own would write requests to standard output
                timeout_graceful_shutdown=_GRACE_S,
            )
        )
        self._endpoint = endpoint
        self._url = url

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Announce the address once it really listens."""
        await super().startup(sockets)
        sys.stdout.write(json.dumps({"url": self._url, "pid": os.getpid()}) + "\n")
        sys.stdout.flush()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """The running job answers with what it has, those behind it with an error."""
        self._endpoint.painting.refuse()
        self._endpoint.state.interrupt()
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: object) -> None:  # noqa: ARG002 - uvicorn's signature
        """A first signal ends in order, with exit code 0; a second one at once."""
        self.force_exit = self.should_exit
        self.should_exit = True


def _endpoint(options: ServeOptions) -> PracticeEndpoint:
    flags = {
        "api": True,
        "nowebui": False,
        "listen": options.host not in {"127.0.0.1", "::1", "localhost"},
        "server_name": options.host,
        "port": str(options.port),
        "api_log": options.api_log,
        "api_auth": None,  # the original shows the password here
        "gradio_auth": None,
    }
    return PracticeEndpoint(
        PaintingThread(), BasicAuth(options.api_auth), Behaviour(options.behave), flags=flags
    )


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)


def _url(host: str, listener: socket.socket) -> str:
    """An address this machine can use, also when it listens on all of them."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - a comparison
    name = f"[{reachable}]" if ":" in reachable else reachable
    return f"http://{name}:{listener.getsockname()[1]}"

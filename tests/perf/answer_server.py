"""Run as a program: an endpoint of two routes that gives every request the same answer, in a process of its own.

`answer_server.py --pictures 4 --side 2048 --own 0.5` prints its URL, then for each answer one line: the seconds
that were its own, from having read the request to beginning the answer. It ends when its standard input does.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

SEED = 1234
ROUTES = ("/sdapi/v1/txt2img", "/sdapi/v1/img2img")


def picture(side: int, seed: int) -> bytes:
    """A PNG as large as a detailed one of its size: a gradient under some two bits of noise a channel."""
    noise = np.random.default_rng(seed)
    slope = np.linspace(0, 200, side, dtype=np.uint8)
    pixels = slope[None, :, None] + noise.integers(0, 5, (side, side, 3), dtype=np.uint8)
    words = PngInfo()
    words.add_text("parameters", infotext(side, seed))
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=1, pnginfo=words)
    return file.getvalue()


def infotext(side: int, seed: int) -> str:
    return f"a bench\nSteps: 1, Sampler: Euler, CFG scale: 7.0, Seed: {seed}, Size: {side}x{side}"


def answer(pictures: int, side: int) -> bytes:
    """The body of a finished generation."""
    seeds = list(range(SEED, SEED + pictures))
    texts = [infotext(side, seed) for seed in seeds]
    info = {"seed": SEED, "all_seeds": seeds, "infotexts": texts, "index_of_first_image": 0}
    images = [base64.b64encode(picture(side, seed)).decode() for seed in seeds]
    return json.dumps({"images": images, "parameters": {}, "info": json.dumps(info)}).encode()


def handler(body: bytes, own_s: float) -> type[BaseHTTPRequestHandler]:
    """Answers with `body` after `own_s` seconds, and with 404 wherever it has no route."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._send(404, b'{"detail":"Not Found"}')

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            if self.path not in ROUTES:
                self.do_GET()
                return
            start = time.monotonic()
            time.sleep(own_s)
            print(time.monotonic() - start, flush=True)
            self._send(200, body)

        def _send(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the base class
            return

    return Handler


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pictures", type=int, default=1)
    parser.add_argument("--side", type=int, default=512)
    parser.add_argument("--own", type=float, default=0.0)
    asked = parser.parse_args()
    body = answer(asked.pictures, asked.side)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(body, asked.own))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps({"url": f"http://127.0.0.1:{server.server_port}", "bytes": len(body)}), flush=True)
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()

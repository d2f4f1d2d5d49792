"""What the probe says of the servers of the detection matrix, beside sslyze, and how many endpoints it asks a second.

    python bench/probe.py                                   servers made with pyOpenSSL, sslyze where it is installed
    python bench/probe.py --openssl PATH --sslyze PYTHON    servers of `openssl s_server` 3.5 or newer; sslyze by a
                                                            Python of its own, as it needs an older cryptography
    python bench/probe.py --only rate --endpoints 500       the rate alone, the median of three runs

The rate is taken three times: against a responder that answers hellos with fixed bytes and refuses handshakes, and
against servers that make whole handshakes, with the groups of OpenSSL 3.5 and a certificate of RSA-2048 or of P-256:
four and six connections to each endpoint. Each is one process beside the probe, which listens on one port of many
addresses of the loopback, 127.0.0.1 and following.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import json
import multiprocessing
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from OpenSSL import SSL
from tests.register.tls_servers import MATRIX, MORE, Kind, context, credentials, serving, tls

from lotrinh.register.probe.hello import RETRY
from lotrinh.register.probe.run import Pace, ask, probe
from lotrinh.register.probe.targets import Target

TRUTH = {
    "default groups": "hybrid, fallback yes",
    "classical": "classical, fallback yes",
    "hybrid only": "hybrid, fallback no",
    "ML-DSA-65 certificate": "hybrid, fallback yes",
    "TLS 1.2": "classical, fallback yes",
    "hybrid and fallback": "hybrid, fallback yes",
    "pure": "post_quantum, fallback no",
    "hybrid, older fallback": "hybrid, fallback yes",
    "classical preferred": "hybrid, fallback yes",
    "TLS 1.1": "classical, fallback yes",
    "TLS 1.0 to 1.3": "classical, fallback yes",
    "ML-KEM-1024 hybrid": "hybrid, fallback yes",
}
DEFAULT_GROUPS = "X25519MLKEM768:X25519:P-256:X448:P-384:P-521:ffdhe2048:ffdhe3072"
"""What OpenSSL 3.5 takes when nothing is configured."""
REPEATS = 3
SSLYZE = """
import json, sys
from sslyze import Scanner, ServerNetworkLocation, ServerScanRequest, ScanCommand
asked = {ScanCommand.CERTIFICATE_INFO, ScanCommand.ELLIPTIC_CURVES, ScanCommand.TLS_1_3_CIPHER_SUITES}
scanner = Scanner()
places = [ServerNetworkLocation("localhost", int(port), "127.0.0.1") for port in sys.argv[1:]]
scanner.queue_scans([ServerScanRequest(server_location=place, scan_commands=asked) for place in places])
for result in scanner.get_results():
    said = result.connectivity_status.name
    if result.connectivity_result:
        curves = result.scan_result.elliptic_curves.result
        names = [curve.name for curve in (curves.supported_curves or [])] if curves else []
        said = f"{result.connectivity_result.highest_tls_version_supported.name}, {' '.join(names) or 'no curves told'}"
    print(json.dumps([result.server_location.port, said]))
"""


@contextmanager
def s_server(openssl: str, kind: Kind) -> Iterator[int]:
    """Run ``openssl s_server`` of `kind` and yield its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        key, certificate = Path(folder) / "key.pem", Path(folder) / "certificate.pem"
        for path, content in zip((key, certificate), credentials(kind.key), strict=True):
            path.write_bytes(content)
        call = [
            openssl,
            "s_server",
            "-accept",
            f"127.0.0.1:{port}",
            "-key",
            key,
            "-cert",
            certificate,
            "-quiet",
            "-www",
        ]
        call += ["-groups", kind.groups] if kind.groups else []
        call += ["-cipher", kind.ciphers.decode()] if kind.ciphers else []
        named = {SSL.TLS1_VERSION: "TLSv1", SSL.TLS1_1_VERSION: "TLSv1.1", SSL.TLS1_2_VERSION: "TLSv1.2"}
        call += ["-min_protocol", named[kind.oldest]]
        call += ["-max_protocol", named[kind.newest]] if kind.newest else []
        server = subprocess.Popen(call, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _await(port)
            yield port
        finally:
            server.terminate()
            server.wait()


def _await(port: int, host: str = "127.0.0.1") -> None:
    for _ in range(100):
        try:
            socket.create_connection((host, port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"no server on port {port}")


def matrix(openssl: str, sslyze: str) -> bool:
    """Print what the probe, and sslyze, say of each server; return whether the probe was right every time."""
    kinds = MATRIX | MORE
    with ExitStack() as stack:
        ports = {
            name: stack.enter_context(s_server(openssl, kind) if openssl else serving(tls(context(kind))))
            for name, kind in kinds.items()
        }
        others = _sslyze(sslyze, list(ports.values())) if sslyze else {}
        right = True
        for name, port in ports.items():
            told = ask(Target("tls", "127.0.0.1", port), 5.0, _at_once)
            said = f"{told['post_quantum']}, fallback {told['fallback'] or 'unknown'}"
            right &= said == TRUTH[name]
            print(f"{name:24} truth  {TRUTH[name]}")
            facts = (
                f"{' '.join(told['versions'])}; {' '.join(told['groups'])}; {len(told['certificates'])} certificates"
            )
            print(f"{'':24} probe  {said}{'' if said == TRUTH[name] else '  WRONG'}; {facts} {told['why']}")
            print(f"{'':24} sslyze {others.get(port, 'not asked')}")
    return right


def _at_once() -> None:
    pass


def _sslyze(python: str, ports: list[int]) -> dict[int, str]:
    call = [python, "-c", SSLYZE, *map(str, ports)]
    done = subprocess.run(call, capture_output=True, text=True, check=True)
    return dict(json.loads(line) for line in done.stdout.splitlines())


def addresses(count: int) -> list[str]:
    """Return as many addresses of the loopback."""
    return [f"127.0.{number // 250}.{number % 250 + 1}" for number in range(count)]


class Responder(asyncio.Protocol):
    """Answers a hello without key shares that has x25519 with a HelloRetryRequest, everything else with an alert."""

    RETRY_X25519 = (
        bytes.fromhex("160303005802000054" + "0303")
        + RETRY
        + bytes([32])
        + bytes(32)
        + bytes.fromhex("130100" + "000c" + "002b00020304" + "00330002001d")
    )
    ALERT = bytes.fromhex("15030300020228")

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        taken = b"\x00\x33\x00\x02\x00\x00" in data and b"\x00\x1d\x00\x17" in data
        self.transport.write(self.RETRY_X25519 if taken else self.ALERT)


class Handshaker(asyncio.Protocol):
    """Makes whole handshakes by OpenSSL."""

    server: SSL.Context

    def connection_made(self, transport: Any) -> None:
        self.transport, self.speaking = transport, SSL.Connection(self.server, None)
        self.speaking.set_accept_state()

    def data_received(self, data: bytes) -> None:
        try:
            self.speaking.bio_write(data)
            self.speaking.do_handshake()
        except SSL.WantReadError:
            pass
        except SSL.Error:
            self._flush()
            self.transport.close()
            return
        self._flush()

    def _flush(self) -> None:
        try:
            while True:
                self.transport.write(self.speaking.bio_read(65536))
        except SSL.WantReadError:
            pass


def _serve(kind: str, port: int) -> None:
    """Serve for ever; for a process of its own."""
    if kind:
        Handshaker.server = context(Kind(kind, DEFAULT_GROUPS))

    async def run() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(Handshaker if kind else Responder, "0.0.0.0", port, backlog=4096)
        await server.serve_forever()

    asyncio.run(run())


def rate(endpoints: int, concurrency: int) -> None:
    """Print the endpoints asked in a second, against each kind of server."""
    for title, kind in (("fixed answers", ""), ("RSA-2048 handshakes", "rsa-2048"), ("P-256 handshakes", "ecdsa")):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        server = multiprocessing.get_context("spawn").Process(target=_serve, args=(kind, port), daemon=True)
        server.start()
        try:
            _await(port)
            targets = [Target("tls", address, port) for address in addresses(endpoints)]
            rates, told, began_cpu = [], {}, time.process_time()
            for _ in range(REPEATS):
                with tempfile.TemporaryDirectory() as folder:
                    began = time.perf_counter()
                    told = probe(targets, Path(folder) / "probe.jsonl", Pace(0, 30.0, concurrency))
                    rates.append(endpoints / (time.perf_counter() - began))
            own = 1000 * (time.process_time() - began_cpu) / (REPEATS * endpoints)
        finally:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            server.terminate()
            server.join()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        theirs = 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / (REPEATS * endpoints)
        told = {name: count for name, count in told.items() if count}
        print(f"{title:20} {statistics.median(rates):4.0f} endpoints/s ({min(rates):.0f} to {max(rates):.0f}), {told}")
        print(f"{'':20} processor, each endpoint: probe {own:.2f} ms, server with its start {theirs:.2f} ms")


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--openssl", default="", help="openssl program, 3.5 or newer")
    parser.add_argument("--sslyze", default="", help="Python that has sslyze")
    parser.add_argument("--only", choices=["matrix", "rate"])
    parser.add_argument("--endpoints", type=int, default=500)
    parser.add_argument("--concurrency", type=int, default=100)
    chosen = parser.parse_args()
    right = True
    if chosen.only != "rate":
        sslyze = chosen.sslyze or (sys.executable if importlib.util.find_spec("sslyze") else "")
        if not sslyze:
            print("sslyze is not installed here and no Python that has it was named: it is not asked")
        print("Servers:", "openssl s_server" if chosen.openssl else f"pyOpenSSL, {SSL.OpenSSL_version(0).decode()}")
        right = matrix(chosen.openssl, sslyze)
    if chosen.only != "matrix":
        rate(chosen.endpoints, chosen.concurrency)
    sys.exit(0 if right else 1)


if __name__ == "__main__":
    main()

"""What the path of a finding tells: a store of public roots, or material of tests."""

from __future__ import annotations

import re
from functools import lru_cache

_STORES = re.compile(
    r"(?:^|/)(?:etc/ssl/certs|ssl/certs|ca-certificates|etc/pki/(?:ca-trust|java|tls/certs)|etc/ca-certificates"
    r"|system/etc/security/cacerts|etc/security/cacerts|trust-source|certifi)(?:/|$)"
    r"|(?:^|/)(?:jssecacerts|cacerts(?:\.(?:jks|p12|pem|bcfks))?|ca-certificates\.crt|ca-bundle(?:\.trust)?\.crt"
    r"|cacert\.pem|tls-ca-bundle\.pem|roots\.pem)$"
    r"|(?:^|/)(?:etc|lib|share)/(?:.*/)?ssl/cert\.pem$"
)
_TESTS = re.compile(
    r"(?i)(?:^|/)(?:[\w.-]*[._-])?(?:tests?|testing|testdata|testcases?|unittests?|fixtures?|examples?|samples?|mocks?"
    r"|__tests__|__mocks__|e2e)(?:[._-](?:data|resources|fixtures|suite|certs?|keys?))?/"
    r"|(?:^|/)(?:test_[\w.-]+|[\w.-]+[._-]tests?\.\w+)$"
)
_TEST_WORDS = ("test", "fixture", "example", "sample", "mock", "e2e")
"""One of them stands in every path that `_TESTS` finds: without any, the slow search is spared."""
_TEST_CLASSES = re.compile(r"(?:^|/)(?:Test[A-Z]\w*|\w+(?:Tests?|TestCase|IT))\.(?:java|kt|scala|groovy|cs|php|swift)$")


@lru_cache(maxsize=1 << 16)
def in_trust_store(location: str) -> bool:
    """Tell whether `location`, a path, lies in a store of public roots of an operating system, Java, Python or curl."""
    return _STORES.search(location.replace("\\", "/")) is not None


@lru_cache(maxsize=1 << 16)
def is_test(location: str) -> bool:
    """Tell whether `location`, a path, is of tests, fixtures or examples."""
    path = location.replace("\\", "/")
    hinted = any(map(path.casefold().__contains__, _TEST_WORDS))
    return (hinted and _TESTS.search(path) is not None) or (
        (hinted or "IT." in path) and _TEST_CLASSES.search(path) is not None
    )

"""What is taken for a credential, and what is not."""

import json
from base64 import b64encode
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import ROOT, rendered

from roadstead.core.credentials import HIDDEN, credentials, hidden, hidden_text
from roadstead.tool.offline.graph import Graph

PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----\n"
JWT = ".".join(("eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxMjM0NTY3ODkwIn0", "dozjgNryP4J3jVmNHl0w5N"))
# Put together here, so that no scanner takes this file for one that has them.
FORMS = {
    "URL": ("postgres://payments:hunter2@10.0.8.7/payments", "hunter2"),
    "URL without a user": ("redis://:hunter2@cache:6379", "hunter2"),
    "DSN of Go": ("payments:hunter2@tcp(10.0.8.7:3306)/payments", "hunter2"),
    "DSN of Sentry": (f"https://{'0a1b' * 8}@o1.ingest.sentry.io/2", "0a1b" * 8),
    "key of AWS": ("AKIA" + "ABCDEFGHIJKLMNOP", "AKIA" + "ABCDEFGHIJKLMNOP"),
    "key of AWS with the digits 0 and 8": ("ASIA" + "A0CDEFGHIJK8MN1P", "ASIA" + "A0CDEFGHIJK8MN1P"),
    "private key": (f"ssh:\n{PEM}", PEM.strip()),
    "JWT": (f"X-Token: {JWT}", JWT),
    "header": ("Authorization: Bearer " + "abcdef0123456789abcd", "abcdef0123456789abcd"),
    "GitHub": ("https://" + "ghp_" + "aB3d" * 9 + "@github.com/acme/x", "ghp_" + "aB3d" * 9),
    "Slack": ("xoxb-" + "1234567890-abcdefghij", "xoxb-" + "1234567890-abcdefghij"),
    "webhook": ("https://hooks.slack.com/services/" + "T0/B0/abcdefghijklmnop", "T0/B0/abcdefghijklmnop"),
    "Stripe": ("sk_" + "live_0123456789abcdef", "sk_" + "live_0123456789abcdef"),
    "assignment": ("host=db user=x password=hunter2 sslmode=on", "hunter2"),
    "option": ("psql --password hunter2 -h db", "hunter2"),
    "properties": ("a=b\nspring.datasource.password=hunter2\n", "hunter2"),
    "YAML": ("user: x\npassword: hunter2\n", "hunter2"),
    "JSON": (json.dumps({"user": "x", "password": "hunter2"}), "hunter2"),
    "query": ("jdbc:postgresql://db/x?user=x&password=hunter2", "hunter2"),
}


@pytest.mark.parametrize(("text", "credential"), FORMS.values(), ids=FORMS)
def test_a_credential_is_told_by_its_form_wherever_it_stands(text: str, credential: str) -> None:
    assert credential in credentials(text)
    assert credential not in hidden_text(text)
    assert HIDDEN in hidden_text(text)


@pytest.mark.parametrize("encoded", [b64encode(FORMS["URL"][0].encode()).decode(), quote(FORMS["URL"][0], safe="")])
def test_what_is_only_seen_once_it_is_decoded_is_hidden_as_a_whole(encoded: str) -> None:
    assert hidden_text(encoded) == HIDDEN


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", "hunter2"),
        ("PGPASSWORD", "payments"),
        ("adminPassword", "correct horse battery"),
        ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXbMPLEKEY"),
        ("apiKey", "9f86d081884c7d659a2feaa0c55ad015"),
        ("API_TOKEN", "s3cr3t-value"),
        ("client-secret", "Zm9vYmFyMTIz"),
    ],
)
def test_a_name_tells_of_the_value_under_it(name: str, value: str) -> None:
    assert hidden({name: value}) == {name: HIDDEN}
    assert hidden({"env": [{"name": name, "value": value}]}) == {"env": [{"name": name, "value": HIDDEN}]}
    assert hidden({"tags": [{"Key": name, "Value": value}]}) == {"tags": [{"Key": name, "Value": HIDDEN}]}


def test_an_argument_is_told_by_the_option_before_it() -> None:
    assert hidden(["serve", "--db-password", "hunter2", "--port", "80"])[2:] == [HIDDEN, "--port", "80"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgres://payments@10.0.8.7/payments"),
        ("DATABASE_URL", "postgres://payments:$(DB_PASSWORD)@10.0.8.7/payments"),
        ("DB_PASSWORD", "$(OTHER)"),
        ("DB_PASSWORD", "{{ .Values.password }}"),
        ("DB_PASSWORD", "/run/secrets/db"),
        ("DB_PASSWORD_FILE", "/run/secrets/db"),
        ("DB_PASSWORD", "ENC[AES256_GCM,data:abc]"),
        ("DB_PASSWORD", ""),
        ("SECRET_NAME", "payments-db"),
        ("secret", "payments-db"),
        ("existingSecret", "payments-db-7f3a9c"),
        ("DB_SECRET", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf"),
        ("TOKEN_URL", "https://auth.example.com/oauth/token"),
        ("TOKEN_TTL", "3600"),
        ("token", "3600"),
        ("httpTokens", "required"),
        ("nextToken", "AAAAbbbb1111"),
        ("clientRequestToken", "AAAAbbbb1111"),
        ("key", "password"),
        ("key", "kubernetes.io/metadata.name"),
        ("image", f"example.com/api@sha256:{'ab12' * 16}"),
        ("digest", f"sha256:{'ab12' * 16}"),
        ("checksum", "ab12" * 10),
        ("url", "git@github.com:acme/payments.git"),
        ("url", "ssh://git@github.com/acme/payments"),
        ("policy", json.dumps({"Action": "secretsmanager:GetSecretValue", "Resource": "*"})),
        ("policy", json.dumps({"StringEquals": {"kms:EncryptionContext:secret": "payments/db"}})),
        ("description", "The password and the token are kept in the vault, with the key of the team."),
        ("roleId", "AROA" + "ABCDEFGHIJKLMNOPQ"),
    ],
)
def test_references_names_and_digests_are_no_credentials(name: str, value: str) -> None:
    given = {name: value}
    assert hidden(given) is given


@pytest.mark.parametrize(
    ("project", "stack"),
    [(ROOT, "local"), (ROOT, "staging"), (ROOT, "production")]
    + [(ROOT / "examples" / name, "dev") for name in ("existing-network", "key-and-registry", "team-stack")],
)
def test_nothing_of_ours_looks_like_a_credential(project: Path, stack: str) -> None:
    graph: Graph = rendered(project, stack)
    assert [made.urn for made in graph.resources.values() if hidden(made.inputs) is not made.inputs] == []


@given(st.text(alphabet="abcXYZ019-_", min_size=8, max_size=40), st.sampled_from(["https", "postgres", "amqp"]))
def test_whatever_the_password_of_a_url_is_it_is_hidden(password: str, scheme: str) -> None:
    assert f":{password}@" not in hidden_text(f"see {scheme}://user:{password}@host/path?x=1")


@given(st.recursive(st.text(max_size=20), lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=8), inner)))
def test_hiding_twice_hides_no_more(value: object) -> None:
    once = hidden(value)
    assert hidden(once) == once

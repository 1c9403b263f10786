using Pipeline.Checks.Dockerfiles;

namespace Pipeline.Tests.Checks;

internal sealed class DockerfileRulesTests
{
    private const string Pinned = "FROM debian@sha256:0000\nUSER 10001\n";

    [TestCase("FROM debian\nUSER 1\n", "unpinned:1")]
    [TestCase("FROM --platform=linux/amd64 registry:5000/debian:12 AS base\nUSER 1\n", "unpinned:1")]
    [TestCase("ARG BASE=debian:latest\nFROM ${BASE}\nUSER 1\n", "unpinned:2")]
    [TestCase("FROM ${BASE:-debian}\nUSER 1\n", "unpinned:1")]
    [TestCase("ARG BASE\nFROM $BASE\nUSER 1\n", "")]
    [TestCase("ARG BASE=debian@sha256:0000\nFROM ${BASE}\nUSER 1\n", "")]
    [TestCase("FROM debian@sha256:0000 AS build\nUSER 1\nFROM build\n", "")]
    [TestCase("FROM scratch\nUSER 1\n", "")]
    [TestCase("FROM debian@sha256:0000\n", "root-user:1")]
    [TestCase("FROM debian@sha256:0000\nUSER 1\nUSER root\n", "root-user:3")]
    [TestCase("FROM debian@sha256:0000\nUSER 1\nFROM debian@sha256:0000\nCOPY --from=0 /a /a\n", "root-user:3")]
    [TestCase("FROM example.test/base:nonroot@sha256:0000\n", "")]
    [TestCase(Pinned + "ADD https://example.test/a.tar /a\n", "add-url:3")]
    [TestCase(Pinned + "ADD --checksum=sha256:0000 https://example.test/a.tar /a\n", "")]
    [TestCase(Pinned + "ADD a.tar /a\n", "")]
    [TestCase(Pinned + "ENV DB_PASSWORD=x OTHER=y\n", "secret-in-image:3")]
    [TestCase(Pinned + "ENV API_KEY some value\n", "secret-in-image:3")]
    [TestCase(Pinned + "ARG NPM_TOKEN\n", "secret-in-image:3")]
    [TestCase(Pinned + "ENV DB_PASSWORD= TOKEN_URL=https://example.test PASSWORD_FILE=/run/secrets/a TOKENIZERS=1\n", "")]
    [TestCase(Pinned + "RUN apt-get update && apt-get install -y --no-install-recommends curl\n", "")]
    [TestCase(Pinned + "RUN apt-get update && \\\n    # why not\n\n    apt-get -y install curl\n", "apt-recommends:3")]
    [TestCase(Pinned + "RUN apt-get install --no-install-recommends curl\n", "apt-update:3")]
    [TestCase(Pinned + "RUN <<END\napt-get install --no-install-recommends curl\nEND\nADD http://example.test/x /x\n", "apt-update:3 add-url:6")]
    [TestCase("# escape=`\nFROM debian@sha256:0000\nUSER 1\nRUN apt-get update `\n && apt-get install curl\n", "apt-recommends:4")]
    public void A_rule_finds_what_it_is_about(string text, string found) =>
        Assert.That(string.Join(' ', DockerfileRules.Judge("Dockerfile", text).Select(f => $"{f.Rule}:{f.Line}")), Is.EqualTo(found));

    [TestCase("# pipeline:allow-unpinned built on this machine\n", "")]
    [TestCase("# pipeline:allow-unpinned\n", "unpinned")]
    [TestCase("# pipeline:allow-root-user another rule\n", "unpinned")]
    [TestCase("# pipeline:allow-unpinned not directly above\n\n", "unpinned")]
    public void A_comment_with_a_reason_allows(string comment, string found) =>
        Assert.That(string.Join(' ', DockerfileRules.Judge("Dockerfile", $"{comment}FROM debian\nUSER 1\n").Select(f => f.Rule)), Is.EqualTo(found));

    [Test]
    public void A_finding_repeats_no_secret()
    {
        var findings = DockerfileRules.Judge("Dockerfile", Pinned + "ENV DB_PASSWORD=tiger4711\nADD https://user:tiger4711@example.test/x /x\n"); // pipeline:allow-secret made up for this test

        Assert.That(findings, Has.Count.EqualTo(2));
        Assert.That(string.Concat(findings), Does.Not.Contain("tiger4711"));
    }

    [TestCase("\0\ufffd\x1b[31m")]
    [TestCase("RUN \\")]
    [TestCase("FROM")]
    [TestCase("RUN <<END\nno end")]
    [TestCase("FROM $A\nARG A=$A\nENV\nUSER\n")]
    [TestCase("ARG A=$B\nARG B=$A\nFROM $A\n")]
    public void Nonsense_ends(string text) => Assert.That(() => DockerfileRules.Judge("Dockerfile", text), Throws.Nothing);
}

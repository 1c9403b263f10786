using System.Text;
using System.Text.Json;
using Pipeline.Checks.Advisories;

namespace Pipeline.Tests.Checks.Advisories;

/// <summary>What the lock files of each tool say, package by package with its line; what they leave open, by name.</summary>
internal sealed class LockFileTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("locks-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void NuGet_lock_file()
    {
        var read = NuGetLocks.ReadLock("api/packages.lock.json", Bytes("""
            {
              "version": 2,
              "dependencies": {
                "net10.0": {
                  "Newtonsoft.Json": { "type": "Direct", "requested": "[12.0.3, )", "resolved": "12.0.3", "contentHash": "x" },
                  "Other": { "type": "Transitive", "resolved": "1.0.0", "dependencies": { "Newtonsoft.Json": "12.0.0" } },
                  "shared": { "type": "Project" },
                  "Odd": { "type": "Direct" }
                },
                "net10.0/linux-x64": { "Newtonsoft.Json": { "type": "Direct", "resolved": "12.0.3" } }
              }
            }
            """));

        Assert.That(Lines(read), Is.EqualTo(new[] { "Newtonsoft.Json 12.0.3 api/packages.lock.json:5", "Other 1.0.0 api/packages.lock.json:6" }));
        Assert.That(Gaps(read), Is.EqualTo(new[] { "api/packages.lock.json: Odd (line 8) has no version" }));
    }

    [Test]
    public void What_a_restore_of_NuGet_left()
    {
        var read = NuGetLocks.ReadAssets("obj/project.assets.json", Bytes("""
            {
              "version": 3,
              "libraries": {
                "Newtonsoft.Json/12.0.3": { "type": "package" },
                "Shared/1.0.0": { "type": "project" }
              }
            }
            """));

        Assert.That(Lines(read), Is.EqualTo(new[] { "Newtonsoft.Json 12.0.3 obj/project.assets.json:4" }));
    }

    [TestCase("""{"version":1}""")]
    [TestCase("[]")]
    [TestCase("""{"dependencies":[]}""")]
    public void Some_other_JSON_is_no_lock_file(string json)
    {
        Assert.That(NuGetLocks.ReadLock("f", Bytes(json)).Gaps, Has.Count.EqualTo(1));
        Assert.That(NuGetLocks.ReadAssets("f", Bytes(json)).Gaps, Has.Count.EqualTo(1));
        Assert.That(NpmLock.Read("f", Bytes(json)).Gaps, Has.Count.EqualTo(1));
        Assert.That(PythonLocks.ReadPipfile("f", Bytes(json)).Gaps, Has.Count.EqualTo(1));
    }

    [Test]
    public void A_lock_file_in_JSON_that_is_cut_off_cannot_be_read() =>
        Assert.That(() => new LockJson(Bytes("""{"dependencies":{""")), Throws.InstanceOf<JsonException>());

    [TestCase(2)]
    [TestCase(3)]
    public void Npm_lock_file_by_folder(int version)
    {
        var read = NpmLock.Read("web/package-lock.json", Bytes($$"""
            {
              "name": "web", "lockfileVersion": {{version}}, "requires": true,
              "packages": {
                "": { "name": "web", "version": "1.0.0", "dependencies": { "a": "^1.0.0" } },
                "node_modules/a": { "version": "1.2.3", "resolved": "https://registry.example.test/a.tgz" },
                "node_modules/a/node_modules/@scope/b": { "version": "2.0.0-rc.1" },
                "node_modules/alias": { "name": "real", "version": "3.0.0" },
                "node_modules/own": { "resolved": "packages/own", "link": true },
                "packages/own": { "version": "1.0.0" },
                "packages/own/node_modules/c": { "version": "4.0.0", "dev": true },
                "node_modules/odd": { "resolved": "git+ssh://example.test/odd.git" }
              },
              "dependencies": { "a": { "version": "9.9.9" } }
            }
            """));

        Assert.That(Lines(read), Is.EqualTo(new[]
        {
            "a 1.2.3 web/package-lock.json:5", "@scope/b 2.0.0-rc.1 web/package-lock.json:6", "real 3.0.0 web/package-lock.json:7", "c 4.0.0 web/package-lock.json:10",
        }));
        Assert.That(read.Packages[1].Folder, Is.EqualTo("node_modules/a/node_modules/@scope/b"));
        Assert.That(Gaps(read), Is.EqualTo(new[] { "web/package-lock.json: odd (line 11) has no version" }));
    }

    [Test]
    public void Npm_lock_file_as_a_tree()
    {
        var read = NpmLock.Read("package-lock.json", Bytes("""
            {
              "name": "web", "lockfileVersion": 1,
              "dependencies": {
                "a": {
                  "version": "1.2.3",
                  "requires": { "b": "^1.0.0" },
                  "dependencies": {
                    "b": { "version": "2.0.0" }
                  }
                },
                "alias": { "version": "npm:@scope/real@3.0.0" },
                "own": { "version": "file:../own" },
                "odd": { "version": "git+ssh://git@example.test/odd.git#0123" }
              }
            }
            """));

        Assert.That(Lines(read), Is.EqualTo(new[] { "a 1.2.3 package-lock.json:4", "b 2.0.0 package-lock.json:8", "@scope/real 3.0.0 package-lock.json:11" }));
        Assert.That(read.Packages[1].Folder, Is.EqualTo("node_modules/a/node_modules/b"));
        Assert.That(Gaps(read), Is.EqualTo(new[] { "package-lock.json: odd (line 13) has no version" }));
    }

    [Test]
    public void Requirements_as_people_and_pip_compile_write_them()
    {
        File.WriteAllText(Path.Combine(_folder, "requirements.txt"), """
            # comment \
            --index-url https://example.test/simple
            requests==2.31.0  # why
            urllib3[socks, brotli] == 1.26.4 ; python_version < "3.12" and sys_platform == 'linux'
            Django==3.2.1 \
                --hash=sha256:0123 \
                --hash=sha256:4567
            # of something
            Jinja2 (==2.11.2)
            pinned===2004d
            both >=1.0,==1.5
            open>=1.0
            star==1.*
            bare
            marked ~= 2.0 ; extra == 'x'
            direct @ https://user:EXAMPLE@example.test/direct-1.0.tar.gz
            git+https://example.test/x.git#egg=x
            -e ./lib
            -r more/base.txt
            -c constraints.txt
            -r https://user:EXAMPLE@example.test/far.txt
            -r missing.txt
            """);
        Directory.CreateDirectory(Path.Combine(_folder, "more"));
        File.WriteAllText(Path.Combine(_folder, "more", "base.txt"), "\uFEFFflask==1.0\r\nitsdangerous\r\n-r ../requirements.txt\r\n");
        File.WriteAllText(Path.Combine(_folder, "constraints.txt"), "ItsDangerous==2.0.1\nunused==1.0\nopen<2\n");

        var read = Requirements.Read(_folder, "requirements.txt");

        Assert.That(Lines(read), Is.EqualTo(new[]
        {
            "requests 2.31.0 requirements.txt:3", "urllib3 1.26.4 requirements.txt:4", "Django 3.2.1 requirements.txt:5", "Jinja2 2.11.2 requirements.txt:9",
            "pinned 2004d requirements.txt:10", "both 1.5 requirements.txt:11", "flask 1.0 more/base.txt:1", "itsdangerous 2.0.1 more/base.txt:2",
        }));
        Assert.That(read.Packages[1].Marker, Is.EqualTo("python_version < \"3.12\" and sys_platform == 'linux'"));
        Assert.That(Gaps(read), Is.EquivalentTo(new[]
        {
            "requirements.txt: open (line 12) has no exact version", "requirements.txt: star (line 13) has no exact version", "requirements.txt: bare (line 14) has no exact version",
            "requirements.txt: marked (line 15) has no exact version", "requirements.txt: direct (line 16) has no exact version",
            "requirements.txt: line 17 names no package with a version", "requirements.txt: line 18 names no package with a version",
            "requirements.txt: line 21 includes what is not in the repository", "missing.txt: cannot be read",
        }));
        Assert.That(string.Concat(Gaps(read)), Does.Not.Contain("EXAMPLE"));
    }

    [Test]
    public void Poetry()
    {
        var read = PythonLocks.ReadToml("poetry.lock", Bytes("""
            # This file is automatically @generated by Poetry 1.8.2 and should not be changed by hand.

            [[package]]
            name = "requests"
            version = "2.31.0"
            description = "[[package]] of \"HTTP\""
            files = [
                {file = "requests-2.31.0.tar.gz", hash = "sha256:0"},
            ]

            [package.dependencies]
            urllib3 = ">=1.21.1,<3"

            [[package]]
            name = "own"
            version = "0.1.0"
            develop = true

            [package.source]
            type = "directory"
            url = "../own"

            [[package]]
            name = "odd"

            [metadata]
            lock-version = "2.0"
            """));

        Assert.That(Lines(read), Is.EqualTo(new[] { "requests 2.31.0 poetry.lock:3" }));
        Assert.That(Gaps(read), Is.EqualTo(new[] { "poetry.lock: odd (line 23) has no version" }));
    }

    [Test]
    public void Uv()
    {
        var read = PythonLocks.ReadToml("uv.lock", Bytes("""
            version = 1
            requires-python = ">=3.12"

            [[package]]
            name = "worker"
            version = "0.1.0"
            source = { editable = "." }
            dependencies = [{ name = "jinja2" }]

            [[package]]
            name = "jinja2"
            version = "2.11.2"
            source = { registry = "https://pypi.org/simple" }

            [package.optional-dependencies]
            i18n = [{ name = "babel" }]

            [[package]]
            name = "virtual"
            source = { virtual = "lib" }
            """));

        Assert.That(Lines(read), Is.EqualTo(new[] { "jinja2 2.11.2 uv.lock:10" }));
        Assert.That(read.Gaps, Is.Empty);
    }

    [Test]
    public void Pdm()
    {
        var read = PythonLocks.ReadToml("pdm.lock", Bytes("""
            [metadata]
            groups = ["default"]
            lock_version = "4.5.0"

            [[package]]
            name = "requests"
            version = "2.31.0"
            groups = ["default"]

            [[package]]
            name = "requests"
            version = "2.31.0"
            extras = ["socks"]
            """));

        Assert.That(Lines(read), Is.EqualTo(new[] { "requests 2.31.0 pdm.lock:5" }));
    }

    [TestCase("poetry.lock", "[[package]]\nname = \"a\"\nversion = \"1.0\"\n")]
    [TestCase("uv.lock", "[[package]]\nname = \"a\"\nversion = \"1.0\"\n")]
    [TestCase("poetry.lock", "<<<<<<< HEAD\n[[package]]\nname = \"a\"\nversion = \"1.0\"\n[metadata]\n")]
    [TestCase("pdm.lock", "")]
    public void A_lock_file_that_is_cut_off_or_broken_says_nothing(string file, string text)
    {
        var read = PythonLocks.ReadToml(file, Bytes(text));

        Assert.That((read.Packages.Count, Gaps(read).Single()), Is.EqualTo((0, $"{file}: cannot be read")));
    }

    [Test]
    public void Pipenv()
    {
        var read = PythonLocks.ReadPipfile("Pipfile.lock", Bytes("""
            {
              "_meta": { "pipfile-spec": 6 },
              "default": {
                "requests": { "hashes": [], "version": "==2.31.0", "markers": "python_version >= '3.7'" },
                "odd": { "git": "https://example.test/odd.git", "ref": "0123" }
              },
              "develop": { "pytest": { "version": "==7.2.0" } }
            }
            """));

        Assert.That(Lines(read), Is.EqualTo(new[] { "requests 2.31.0 Pipfile.lock:4", "pytest 7.2.0 Pipfile.lock:7" }));
        Assert.That(Gaps(read), Is.EqualTo(new[] { "Pipfile.lock: odd (line 5) has no version" }));
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static IEnumerable<string> Lines(Inventory inventory) => inventory.Packages.Select(p => $"{p.Name} {p.Version} {p.File}:{p.Line}");

    private static IEnumerable<string> Gaps(Inventory inventory) => inventory.Gaps.Select(g => $"{g.Where}: {g.What}");
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Aws;
using Pipeline.Ledger;

namespace Pipeline.Tests.Ledger;

/// <summary>Every way to change a log is found, and the entry is named.</summary>
public sealed class AuditCheckTests
{
    private const int Length = 7;
    private readonly List<(string Name, JsonNode Document)> _log = [];
    private AuditHead _head = null!;

    [SetUp]
    public void Write()
    {
        _log.Clear();
        var previous = "";
        for (var seq = 1; seq <= Length; seq++)
        {
            var draft = new AuditEntry(seq, new DateTimeOffset(2026, 11, 23, 10, 0, seq, 250, TimeSpan.Zero), new AuditEvent("deploy", "done", "arn:aws:iam::123456789012:user/dora", $"step {seq}")
            {
                Deployment = "prod-1",
                Facts = new Dictionary<string, string> { ["digest"] = $"sha256:{seq}", ["plan"] = "6e1f" },
            }, previous, "");
            var entry = draft with { Hash = previous = AuditLog.HashOf(draft) };
            _log.Add(($"{seq:D10}.json", JsonSerializer.SerializeToNode(entry, ObjectStore.Json)!));
            _head = new AuditHead(seq, entry.Hash);
        }
    }

    [Test]
    public void A_log_that_nobody_touched_is_whole() => Assert.That(Findings(), Is.Empty);

    [Test]
    public void A_head_that_a_dead_writer_left_behind_is_no_finding()
    {
        _head = new AuditHead(Length - 1, (string)_log[Length - 2].Document["hash"]!);

        Assert.That(Findings(), Is.Empty);
    }

    [Test]
    public void An_edit_of_any_field_of_any_entry_is_found([Values(1, 4, Length)] int seq, [Values("seq", "at", "previous", "hash", "action", "outcome", "by", "text", "deployment", "facts.digest", "facts.more")] string field)
    {
        Edit(seq, field);

        Assert.That(Findings().Select(f => f.Seq), Does.Contain(seq));
    }

    [Test]
    public void An_edit_with_its_hash_worked_out_again_is_found([Values(1, 4, Length)] int seq)
    {
        Edit(seq, "text");
        Rehash(seq);

        Assert.That(Findings().Select(f => f.Seq), Does.Contain(seq == Length ? seq : seq + 1), "the next entry, or the head, remembers the hash of before");
    }

    [Test]
    public void A_tail_written_anew_from_the_edit_on_is_found_by_the_head([Values(1, 4, Length)] int seq)
    {
        Edit(seq, "text");
        for (var next = seq; next <= Length; next++)
        {
            _log[next - 1].Document["previous"] = next == 1 ? "" : (string)_log[next - 2].Document["hash"]!;
            Rehash(next);
        }

        Assert.That(Findings().Single().ToString(), Does.StartWith($"entry {Length}: was edited or replaced"));
    }

    [Test]
    public void A_deletion_is_found([Values(1, 4, Length)] int seq)
    {
        _log.RemoveAt(seq - 1);

        Assert.That(Findings().Single().ToString(), Is.EqualTo($"entry {seq}: is missing: it was deleted"));
    }

    [Test]
    public void A_cut_tail_is_found_entry_by_entry()
    {
        _log.RemoveRange(4, 3);

        Assert.That(Findings().Select(f => f.Seq), Is.EqualTo(new long?[] { 5, 6, 7 }));
    }

    [Test]
    public void A_log_of_which_only_the_head_is_left_has_lost_every_entry()
    {
        _log.Clear();

        Assert.That(Findings(), Has.Count.EqualTo(Length));
    }

    [Test]
    public void Without_a_head_nobody_can_tell() => Assert.That(AuditCheck.Of(Stored(), null).Single().Text, Does.StartWith("the head of the log is missing"));

    [TestCase(1, 2)]
    [TestCase(3, 5)]
    [TestCase(6, 7)]
    public void Two_entries_in_each_other_s_place_are_found(int one, int other)
    {
        (_log[one - 1], _log[other - 1]) = ((_log[one - 1].Name, _log[other - 1].Document), (_log[other - 1].Name, _log[one - 1].Document));

        Assert.That(Findings().Where(f => f.Text.StartsWith("is out of order", StringComparison.Ordinal)).Select(f => f.Seq), Is.EqualTo(new long?[] { one, other }));
    }

    [Test]
    public void An_entry_in_between_that_moves_the_others_on_is_found()
    {
        var forged = _log[2].Document.DeepClone();
        forged["seq"] = 4;
        forged["previous"] = (string)_log[2].Document["hash"]!;
        _log.Insert(3, ("", forged));
        for (var i = 3; i < _log.Count; i++)
        {
            _log[i] = ($"{i + 1:D10}.json", _log[i].Document);
            _log[i].Document["seq"] = i + 1;
            Rehash(i + 1);
        }

        Assert.That(Findings().Select(f => f.Seq), Does.Contain(5), "what follows was written behind another entry");
    }

    [TestCase("0000000004a.json")]
    [TestCase("4.json")]
    [TestCase("0000000000.json")]
    [TestCase("notes.txt")]
    public void An_object_that_is_no_entry_is_found(string name)
    {
        _log.Add((name, JsonNode.Parse("{}")!));

        Assert.That(Findings().Single().Text, Does.Contain($"'{name}' was inserted"));
    }

    [TestCase("{}")]
    [TestCase("[]")]
    [TestCase("null")]
    [TestCase("\"text\"")]
    [TestCase("""{"seq":4}""")]
    [TestCase("""{"seq":4,"at":"2026-11-23T10:00:04Z","event":null,"previous":"","hash":""}""")]
    public void What_can_not_be_read_is_found(string document)
    {
        var stored = Stored();
        using var torn = JsonDocument.Parse(document);
        stored[3] = new StoredEntry(stored[3].Name, torn.RootElement.ValueKind == JsonValueKind.Null ? null : AuditCheck.Parse(torn.RootElement));

        Assert.That(AuditCheck.Of(stored, _head).Single().ToString(), Does.StartWith("entry 4: is torn"));
    }

    [Test]
    public void What_the_hash_does_not_cover_may_not_be_there()
    {
        _log[3].Document["event"]!["note"] = "added later";

        Assert.That(Findings().Single().Seq, Is.EqualTo(4));
    }

    private void Edit(int seq, string field)
    {
        var document = _log[seq - 1].Document;
        var (holder, name) = field.StartsWith("facts.", StringComparison.Ordinal) ? (document["event"]!["facts"]!, field["facts.".Length..])
            : field is "seq" or "at" or "previous" or "hash" ? (document, field) : (document["event"]!, field);
        holder[name] = field switch
        {
            "seq" => seq + 10,
            "at" => "2026-11-23T11:00:00Z",
            _ => "other",
        };
    }

    private void Rehash(int seq)
    {
        var entry = _log[seq - 1].Document.Deserialize<AuditEntry>(ObjectStore.Json)!;
        _log[seq - 1].Document["hash"] = AuditLog.HashOf(entry);
    }

    private List<StoredEntry> Stored() => [.. _log.Select(e => new StoredEntry(e.Name, AuditCheck.Parse(e.Document.Deserialize<JsonElement>())))];

    private IReadOnlyList<AuditFinding> Findings() => AuditCheck.Of(Stored(), _head);
}

using System.Collections.Concurrent;
using TPacket.Client;
using TPacket.Protocol;
using TPacket.Server.Tests.Harness;

namespace TPacket.Redis.Tests.Harness;

/// <summary>Clients with sessions that send and receive messages while something happens to the servers, with checks of what they received.</summary>
internal sealed class Crowd : IAsyncDisposable
{
    private readonly List<Talker> _talkers = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, string> _said = new();
    private int _refused;
    private int _unknown;

    public int Count => _talkers.Count;

    /// <summary>The number of resumed sessions.</summary>
    public int Resumed => _talkers.Sum(static talker => talker.Resumed);

    /// <summary>The time between two texts of a speaker.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>The number of clients per speaker: 1 if all clients speak.</summary>
    public int Listeners { get; init; } = 1;

    /// <summary>Counts of what has happened.</summary>
    public string Summary => $"{Count} clients; texts: {_said.Count} with a receipt, {_refused} rejected, {_unknown} without a reply; "
        + $"resumed {Resumed}, signed in again {_talkers.Sum(static talker => talker.SignedIn)}, snapshots {_talkers.Sum(static talker => talker.Entered - 1)}, "
        + $"messages received {_talkers.Sum(static talker => talker.Received.Count)}";

    /// <summary>Adds a client.</summary>
    public async Task EnterAsync(Uri address, string nick, string room)
    {
        var talker = new Talker(address, nick, room);
        lock (_talkers)
            _talkers.Add(talker);
        await talker.EnterAsync();
    }

    /// <summary>Lets the clients speak until the crowd is stopped.</summary>
    public Task TalkAsync() => Task.WhenAll(_talkers.Where((_, i) => i % Listeners == 0).Select(TalkAsync));

    /// <summary>Stops the speakers.</summary>
    public void Stop() => _stop.Cancel();

    /// <summary>Waits until the first client of each room has received some more messages.</summary>
    public async Task HearMoreAsync(int count)
    {
        var first = _talkers.DistinctBy(static talker => talker.Room).Select(static talker => (Talker: talker, talker.Received.Count)).ToArray();
        await Poll.UntilAsync(() => first.All(one => one.Talker.Received.Count >= one.Count + count));
    }

    /// <summary>Sends a last text of each speaker, and waits until every client in its room has received it.</summary>
    public async Task SettleAsync()
    {
        var last = await Task.WhenAll(_talkers.Where((_, i) => i % Listeners == 0).Select(async talker => (talker.Room, Text: await SayAsync(talker, $"{talker.Nick}:last"))));
        using var deadline = Deadline.Start();
        foreach (var talker in _talkers)
        {
            foreach (var (_, text) in last.Where(said => said.Room == talker.Room))
                await talker.HearAsync(text, deadline.Token);
        }
    }

    /// <summary>Compares the texts that the clients have received.</summary>
    /// <returns>The errors found, at most 20.</returns>
    public IReadOnlyList<string> Check()
    {
        var findings = new List<string>();
        foreach (var room in _talkers.GroupBy(static talker => talker.Room))
            Check([.. room], findings);
        return [.. findings.Take(20)];
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_talkers.Select(static talker => talker.DisposeAsync().AsTask()));
        _stop.Dispose();
    }

    private void Check(Talker[] talkers, List<string> findings)
    {
        // All clients have the same text at an offset of the log.
        var log = new SortedDictionary<long, string>();
        foreach (var talker in talkers)
        {
            findings.AddRange(talker.Findings);
            foreach (var (offset, text) in talker.Received)
            {
                if (!log.TryAdd(offset, text) && log[offset] != text)
                    findings.Add($"{talker.Nick} has '{text}' at {offset}, and another client '{log[offset]}'.");
            }
        }

        // Each client has all texts since it entered.
        foreach (var talker in talkers)
        {
            var missing = log.Keys.Where(offset => offset > talker.EnteredAt && !talker.Received.ContainsKey(offset)).ToArray();
            if (missing.Length > 0)
                findings.Add($"{talker.Nick} misses {missing.Length} messages, the first at {missing[0]}: '{log[missing[0]]}'.");
        }

        // The log has each text once, and the texts of a speaker in order.
        foreach (var twice in log.Values.GroupBy(static text => text).Where(static text => text.Count() > 1))
            findings.Add($"'{twice.Key}' is in the log {twice.Count()} times.");
        var texts = log.Values.ToHashSet();
        foreach (var (text, _) in _said.Where(said => said.Value == talkers[0].Room && !texts.Contains(said.Key)))
            findings.Add($"'{text}' has a receipt, and is not in the log.");
        foreach (var speaker in log.Values.Where(static text => !text.EndsWith(":last", StringComparison.Ordinal)).GroupBy(static text => text.Split(':')[0]))
        {
            var numbers = speaker.Select(static text => int.Parse(text.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture)).ToArray();
            if (!numbers.Order().SequenceEqual(numbers))
                findings.Add($"The texts of {speaker.Key} have changed their order.");
        }
    }

    private async Task TalkAsync(Talker talker)
    {
        for (var number = 0; !_stop.IsCancellationRequested; number++)
        {
            // Sends two texts at a time: pipelined texts must keep their order.
            await Task.WhenAll(SayAsync(talker, $"{talker.Nick}:{2 * number}", repeats: false), SayAsync(talker, $"{talker.Nick}:{(2 * number) + 1}", repeats: false));
            await Task.Delay(Pause, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<string> SayAsync(Talker talker, string text, bool repeats = true)
    {
        using var deadline = Deadline.Start();
        while (true)
        {
            try
            {
                var receipt = await talker.Client.SendAsync(text, deadline.Token);
                if (receipt.Offset is not null)
                {
                    _said[text] = talker.Room;
                    return text;
                }

                Interlocked.Increment(ref _unknown);
            }
            catch (RequestRefusedException e) when (e.Code is PacketErrorCode.StoreFailed or PacketErrorCode.RateLimited)
            {
                Interlocked.Increment(ref _refused);
            }
            catch (TPacketClientException)
            {
                Interlocked.Increment(ref _unknown);
            }

            if (!repeats)
                return text;
            await Task.Delay(Pause, deadline.Token);
        }
    }
}

using System.Reflection;
using TPacket.Transports.Epoll;
using TPacket.Transports.Native;

namespace TPacket.Transports.Tests.Epoll;

/// <summary>A token finds its source, and no source after the removal.</summary>
public class EpollSlotsTests
{
    private readonly EpollSlots _slots = new();

    [Fact]
    public void Each_token_finds_its_source()
    {
        var sources = Enumerable.Range(0, 1_000).Select(static _ => new Source()).ToArray();
        var tokens = sources.Select(_slots.Add).ToArray();
        Assert.Equal(1_000, tokens.Distinct().Count());
        Assert.Equal(sources, tokens.Select(_slots.Find));
        Assert.Equal(sources, _slots.All());
    }

    [Fact]
    public void A_stale_token_finds_and_removes_no_source()
    {
        var stale = _slots.Add(new Source());
        _slots.Remove(stale);
        Assert.Null(_slots.Find(stale));

        var next = new Source();
        var token = _slots.Add(next);
        Assert.Equal((uint)stale, (uint)token);
        Assert.NotEqual(stale, token);
        Assert.Null(_slots.Find(stale));
        _slots.Remove(stale);
        Assert.Same(next, _slots.Find(token));
        _slots.Remove(token);
        _slots.Remove(token);
        // The slot was removed twice, but is free once.
        Assert.NotEqual((uint)_slots.Add(new Source()), (uint)_slots.Add(new Source()));
    }

    [Fact]
    public async Task A_token_finds_its_own_source_or_none_while_its_slot_is_reused()
    {
        var current = new Watched(0, null);
        var running = true;
        var finding = Task.Run(() =>
        {
            while (Volatile.Read(ref running))
            {
                var (token, source) = Volatile.Read(ref current);
                var found = source is null ? null : _slots.Find(token);
                Assert.True(found is null || ReferenceEquals(found, source));
            }
        });
        for (var i = 0; i < 300_000 && !finding.IsCompleted; i++)
        {
            var source = new Source();
            var token = _slots.Add(source);
            Volatile.Write(ref current, new Watched(token, source));
            // Many sources are added at times, so that the array of slots grows.
            if (i % 100_000 == 0)
                _ = Enumerable.Range(0, 1_000).Select(_ => _slots.Add(source)).ToArray();
            _slots.Remove(token);
        }

        Volatile.Write(ref running, false);
        await finding;
    }

    [Fact]
    public void The_token_of_a_connection_that_was_never_watched_finds_no_source()
    {
        _slots.Remove(0);
        Assert.Null(_slots.Find(0));
        var source = new Source();
        var token = _slots.Add(source);
        _slots.Remove(0);
        Assert.Same(source, _slots.Find(token));
    }

    [Theory]
    [InlineData(int.MaxValue - 2)]
    [InlineData(-3)]
    public void A_slot_still_works_when_its_count_of_uses_wraps(int uses)
    {
        _slots.Remove(_slots.Add(new Source()));
        SetUses(uses);
        var tokens = new HashSet<ulong>();
        for (var i = 0; i < 6; i++)
        {
            var source = new Source();
            var token = _slots.Add(source);
            Assert.True(tokens.Add(token));
            Assert.NotEqual(ulong.MaxValue, token);
            Assert.Same(source, _slots.Find(token));
            _slots.Remove(token);
            Assert.Null(_slots.Find(token));
            Assert.Empty(_slots.All());
        }
    }

    [Fact]
    public async Task Each_of_many_threads_finds_its_own_sources()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            var held = new Queue<(Source Source, ulong Token)>();
            for (var i = 0; i < 20_000; i++)
            {
                var source = new Source();
                held.Enqueue((source, _slots.Add(source)));
                if (held.Count <= 30)
                    continue;
                var (oldest, token) = held.Dequeue();
                Assert.Same(oldest, _slots.Find(token));
                _slots.Remove(token);
                Assert.Null(_slots.Find(token));
            }

            foreach (var (_, token) in held)
                _slots.Remove(token);
        })));
        Assert.Empty(_slots.All());
    }

    /// <summary>Sets the number of uses directly, since counting up would take minutes.</summary>
    private void SetUses(int uses)
    {
        const BindingFlags Instance = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;
        var slots = (Array)typeof(EpollSlots).GetField("_slots", Instance)!.GetValue(_slots)!;
        var slot = slots.GetValue(0)!;
        slot.GetType().GetField("Uses", Instance)!.SetValue(slot, uses);
        slots.SetValue(slot, 0);
    }

    private sealed record Watched(ulong Token, Source? Source);

    private sealed class Source : IEpollSource
    {
        public void OnReport(EpollInterest report)
        {
        }

        public void OnLoopStopped()
        {
        }
    }
}

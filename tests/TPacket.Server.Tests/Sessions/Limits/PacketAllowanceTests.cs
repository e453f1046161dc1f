using Microsoft.Extensions.Time.Testing;
using TPacket.Server.Sessions.Limits;
using TPacket.WebSockets;

namespace TPacket.Server.Tests.Sessions.Limits;

/// <summary>Clients that are refused and clients that are closed, under the defaults: 50 packets a second, 200 at once, 10 s.</summary>
public sealed class PacketAllowanceTests : IDisposable
{
    private static readonly TimeSpan _step = TimeSpan.FromMilliseconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly Heartbeat _heartbeat;
    private PacketAllowance _allowance;

    public PacketAllowanceTests() => _heartbeat = new Heartbeat(_time, TimeSpan.FromSeconds(1));

    [Theory]
    [InlineData(200, 50)]
    [InlineData(1, 1)]
    [InlineData(7, 3)]
    [InlineData(1000, 10)]
    [InlineData(1_000_000, 1_000_000)]
    public void A_new_client_can_send_exactly_its_burst_at_once(int burst, int perSecond)
    {
        var limit = Limit(perSecond, burst);
        Assert.Equal(burst, Send(limit, burst + 100).Accepted);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3600)]
    public void A_client_saves_at_most_the_burst(int seconds)
    {
        var limit = Limit();
        // One packet, so that the heartbeat takes more tokens from the bucket than the client uses.
        Send(limit, 1);
        Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal(200, Send(limit, 1000).Accepted);
    }

    [Fact]
    public void Within_one_beat_at_most_an_eighth_more_than_the_burst_is_accepted()
    {
        var limit = Limit();
        Send(limit, 1);
        Advance(TimeSpan.FromMilliseconds(900));
        Assert.InRange(Send(limit, 1000).Accepted, 200, 225);
    }

    [Fact]
    public void A_random_client_gets_at_most_the_burst_and_the_rate_and_at_least_as_much_as_from_an_exact_bucket()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var limit = Limit();
        var (accepted, exact, tokens, seconds) = (0, 0, 200.0, 0.0);
        for (var i = 0; i < 20_000; i++)
        {
            var pause = random.Next(20) == 0 ? random.Next(3000) : random.Next(40);
            Advance(TimeSpan.FromMilliseconds(pause));
            seconds += pause / 1000.0;
            tokens = Math.Min(200, tokens + (pause * 0.05));
            var packets = random.Next(4);
            accepted += Send(limit, packets).Accepted;
            var taken = Math.Min(packets, (int)(tokens + 1e-6));
            exact += taken;
            tokens -= taken;
        }

        Assert.True(accepted >= exact, $"{accepted} instead of {exact}; seed {seed}");
        Assert.True(accepted <= 225 + (seconds * 50), $"{accepted} in {seconds} s; seed {seed}");
    }

    [Theory]
    [InlineData(60)]
    [InlineData(100)]
    [InlineData(300)]
    [InlineData(1000)]
    public void A_client_that_floods_is_closed_ten_seconds_after_its_first_refusal(int perSecond)
    {
        var limit = Limit();
        var first = 0;
        for (var millisecond = 0; millisecond < 60_000; millisecond++)
        {
            Advance(_step);
            var (_, refused, closed) = Send(limit, (millisecond + 1) * perSecond / 1000 - (millisecond * perSecond / 1000));
            if (refused > 0 && first == 0)
                first = millisecond;
            if (!closed)
                continue;
            Assert.InRange(millisecond - first, 9_930, 10_100);
            return;
        }

        Assert.Fail("Not closed.");
    }

    [Theory]
    [InlineData(9_000, 1_000)]
    [InlineData(8_000, 2_000)]
    [InlineData(5_000, 3_500)]
    public void A_pause_that_is_shorter_than_its_bucket_takes_to_fill_does_not_save_a_flooder(int flood, int pause)
    {
        var limit = Limit();
        for (var millisecond = 0; millisecond < 60_000; millisecond++)
        {
            Advance(_step);
            if (millisecond % (flood + pause) < flood && Send(limit, 1).Closed)
                return;
        }

        Assert.Fail("Not closed.");
    }

    [Theory]
    [InlineData(250, 4_500)]
    [InlineData(210, 4_300)]
    [InlineData(1_000, 10_000)]
    [InlineData(201, 4_100)]
    public void A_client_that_bursts_too_far_and_then_pauses_is_refused_and_never_closed(int packets, int period)
    {
        var limit = Limit();
        for (var i = 0; i < 100; i++)
        {
            var (accepted, refused, closed) = Send(limit, packets);
            Assert.InRange(accepted, 200, 225);
            Assert.Equal((packets - accepted, false), (refused, closed));
            Advance(TimeSpan.FromMilliseconds(period));
        }
    }

    [Theory]
    [InlineData(49_000)]
    [InlineData(50_000)]
    [InlineData(50_010)]
    [InlineData(50_100)]
    public void A_client_at_the_rate_or_slightly_above_it_is_never_closed(int perThousandSeconds)
    {
        var limit = Limit();
        // The client has used up its burst, and its packets arrive with jitter.
        Send(limit, 200);
        var (sent, random) = (0L, new Random(1));
        for (var millisecond = 0L; millisecond < 600_000; millisecond += 20)
        {
            Advance(TimeSpan.FromMilliseconds(20));
            var due = (millisecond + random.Next(-30, 30)) * perThousandSeconds / 1_000_000;
            if (due <= sent)
                continue;
            Assert.False(Send(limit, (int)(due - sent)).Closed);
            sent = due;
        }
    }

    [Theory]
    [InlineData(50, 1)]
    [InlineData(1000, 10)]
    public void With_a_bucket_that_fills_at_once_a_flooder_has_to_pause_for_a_quarter_of_the_timeout(int perSecond, int burst)
    {
        Assert.True(Floods(pause: 2_400));
        Assert.False(Floods(pause: 2_600));

        bool Floods(int pause)
        {
            var limit = Limit(perSecond, burst);
            _allowance = default;
            for (var i = 0; i < 50; i++)
            {
                if (Send(limit, burst * 10).Closed)
                    return true;
                Advance(TimeSpan.FromMilliseconds(pause));
            }

            return false;
        }
    }

    public void Dispose() => _heartbeat.Dispose();

    private PacketLimit Limit(int perSecond = 50, int burst = 200) =>
        PacketLimit.Create(new TPacketServerOptions { PacketsPerSecond = perSecond, PacketBurst = burst }, _heartbeat, _time)!;

    private void Advance(TimeSpan time) => _time.Advance(time);

    private (int Accepted, int Refused, bool Closed) Send(PacketLimit limit, int packets)
    {
        var (accepted, refused) = (0, 0);
        for (var i = 0; i < packets; i++)
        {
            switch (_allowance.Take(limit))
            {
                case PacketVerdict.Accepted:
                    accepted++;
                    break;
                case PacketVerdict.Refused:
                    refused++;
                    break;
                default:
                    return (accepted, refused, true);
            }
        }

        return (accepted, refused, false);
    }
}

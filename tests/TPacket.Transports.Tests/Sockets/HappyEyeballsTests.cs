using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using TPacket.Transports.Sockets;
using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests.Sockets;

/// <summary>The race of a name's addresses (RFC 8305), with attempts and a clock that the test controls.</summary>
public class HappyEyeballsTests
{
    private static readonly DnsEndPoint _name = new("server.test", 80);

    private readonly WatchedTime _time = new();
    private readonly Channel<Attempt> _attempts = Channel.CreateUnbounded<Attempt>();
    private readonly List<string> _released = [];

    [Theory]
    [InlineData("::1 ::2 ::3 127.0.0.1 127.0.0.2", "::1 127.0.0.1 ::2 127.0.0.2 ::3")]
    [InlineData("127.0.0.1 127.0.0.2 127.0.0.3 ::1", "127.0.0.1 ::1 127.0.0.2 127.0.0.3")]
    [InlineData("127.0.0.1 127.0.0.2", "127.0.0.1 127.0.0.2")]
    [InlineData("::1", "::1")]
    public void The_families_alternate_and_the_first_address_stays_first(string found, string tried) =>
        Assert.Equal(tried, string.Join<IPAddress>(' ', HappyEyeballs.Interleave([.. found.Split(' ').Select(IPAddress.Parse)])));

    [Fact]
    public async Task A_silent_address_delays_the_next_by_250_ms_and_is_cancelled_when_that_answers()
    {
        var connecting = Connect("::1 ::2 127.0.0.1");
        var silent = await NextAsync("::1");
        Assert.False(_attempts.Reader.TryPeek(out _));

        Assert.Equal(TimeSpan.FromMilliseconds(250), await _time.PassNextTimerAsync());
        (await NextAsync("127.0.0.1")).Answer();

        Assert.Equal("127.0.0.1", await connecting.WaitAsync(Deadline.Limit));
        Assert.True(silent.IsCancelled);
        Assert.False(_attempts.Reader.TryPeek(out _));
        Assert.Equal((0, 0), (_released.Count, _time.Running));
    }

    [Fact]
    public async Task An_address_that_fails_does_not_delay_the_next_one()
    {
        var connecting = Connect("::1 127.0.0.1 ::2");
        (await NextAsync("::1")).Fail(SocketError.ConnectionRefused);
        (await NextAsync("127.0.0.1")).Fail(SocketError.NetworkUnreachable);
        (await NextAsync("::2")).Answer();

        Assert.Equal("::2", await connecting.WaitAsync(Deadline.Limit));
        Assert.Equal(0, _time.Running);
    }

    [Fact]
    public async Task A_late_answer_wins_against_a_silent_address()
    {
        var connecting = Connect("::1 127.0.0.1");
        var late = await NextAsync("::1");
        await _time.PassNextTimerAsync();
        var silent = await NextAsync("127.0.0.1");

        late.Answer();

        Assert.Equal("::1", await connecting.WaitAsync(Deadline.Limit));
        Assert.True(silent.IsCancelled);
    }

    [Fact]
    public async Task A_late_answer_wins_after_the_last_attempt_has_failed()
    {
        var connecting = Connect("::1 127.0.0.1 ::2");
        var late = await NextAsync("::1");
        await _time.PassNextTimerAsync();
        (await NextAsync("127.0.0.1")).Fail(SocketError.ConnectionRefused);
        (await NextAsync("::2")).Fail(SocketError.ConnectionRefused);

        late.Answer();

        Assert.Equal("::1", await connecting.WaitAsync(Deadline.Limit));
    }

    [Fact]
    public async Task The_last_error_is_thrown_when_all_attempts_fail()
    {
        var connecting = Connect("::1 127.0.0.1");
        (await NextAsync("::1")).Fail(SocketError.ConnectionRefused);
        var last = await NextAsync("127.0.0.1");
        Assert.False(connecting.IsCompleted);

        last.Fail(SocketError.TimedOut);

        Assert.Equal(SocketError.TimedOut, (await Assert.ThrowsAsync<SocketException>(() => connecting.WaitAsync(Deadline.Limit))).SocketErrorCode);
    }

    [Fact]
    public async Task A_loser_that_connected_before_its_cancellation_is_closed_before_the_winner_is_returned()
    {
        var connecting = Connect("::1 127.0.0.1");
        (await NextAsync("::1")).AnswerWhenCancelled();
        await _time.PassNextTimerAsync();
        (await NextAsync("127.0.0.1")).Answer();

        Assert.Equal("127.0.0.1", await connecting.WaitAsync(Deadline.Limit));
        Assert.Equal(["::1"], _released);
    }

    [Fact]
    public async Task Cancellation_ends_all_attempts_and_closes_their_connections()
    {
        using var giveUp = new CancellationTokenSource();
        var connecting = Connect("::1 127.0.0.1 ::2", cancellationToken: giveUp.Token);
        var first = await NextAsync("::1");
        await _time.PassNextTimerAsync();
        (await NextAsync("127.0.0.1")).AnswerWhenCancelled();

        await giveUp.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.WaitAsync(Deadline.Limit));
        Assert.Equal(giveUp.Token, error.CancellationToken);
        Assert.True(first.IsCancelled);
        Assert.Equal(["127.0.0.1"], _released);
        Assert.False(_attempts.Reader.TryPeek(out _));
        Assert.Equal(0, _time.Running);
    }

    [Fact]
    public async Task An_exception_that_concerns_no_address_ends_the_race()
    {
        var connecting = Connect("::1 127.0.0.1");
        var first = await NextAsync("::1");
        await _time.PassNextTimerAsync();

        (await NextAsync("127.0.0.1")).Fail(new ObjectDisposedException("transport"));

        await Assert.ThrowsAsync<ObjectDisposedException>(() => connecting.WaitAsync(Deadline.Limit));
        Assert.True(first.IsCancelled);
    }

    [Fact]
    public async Task A_single_address_needs_no_timer_and_a_literal_no_resolver()
    {
        var connecting = Connect("127.0.0.1");
        (await NextAsync("127.0.0.1")).Answer();
        Assert.Equal("127.0.0.1", await connecting.WaitAsync(Deadline.Limit));

        connecting = Connect("", endPoint: new DnsEndPoint("::1", 80));
        (await NextAsync("::1")).Answer();
        Assert.Equal("::1", await connecting.WaitAsync(Deadline.Limit));
    }

    [Fact]
    public async Task The_caller_can_restrict_a_name_to_one_family()
    {
        var connecting = Connect("::1 127.0.0.1", endPoint: new DnsEndPoint("server.test", 80, AddressFamily.InterNetwork));
        (await NextAsync("127.0.0.1")).Answer();
        Assert.Equal("127.0.0.1", await connecting.WaitAsync(Deadline.Limit));
    }

    [Fact]
    public async Task A_name_without_addresses_is_unknown()
    {
        var error = await Assert.ThrowsAsync<SocketException>(() => Connect(""));
        Assert.Equal(SocketError.HostNotFound, error.SocketErrorCode);
    }

    private Task<string> Connect(string addresses, DnsEndPoint? endPoint = null, CancellationToken cancellationToken = default)
    {
        var found = addresses.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(IPAddress.Parse).ToArray();
        var eyeballs = new HappyEyeballs((_, _) => Task.FromResult(found), _time);
        return eyeballs.ConnectAsync(endPoint ?? _name, StartAttempt, _released.Add, cancellationToken).AsTask();
    }

    private ValueTask<string> StartAttempt(EndPoint address, CancellationToken cancellationToken)
    {
        var attempt = new Attempt((IPEndPoint)address, cancellationToken);
        _attempts.Writer.TryWrite(attempt);
        return new ValueTask<string>(attempt.Connecting);
    }

    private async Task<Attempt> NextAsync(string address)
    {
        using var deadline = Deadline.Start();
        var attempt = await _attempts.Reader.ReadAsync(deadline.Token);
        Assert.Equal(new IPEndPoint(IPAddress.Parse(address), _name.Port), attempt.Address);
        return attempt;
    }

    /// <summary>An attempt to connect, whose connection is the address as a string.</summary>
    private sealed class Attempt
    {
        private readonly TaskCompletionSource<string> _connecting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool _answersWhenCancelled;

        public Attempt(IPEndPoint address, CancellationToken cancellationToken)
        {
            Address = address;
            cancellationToken.Register(() =>
            {
                if (_answersWhenCancelled)
                    Answer();
                else
                    _connecting.TrySetCanceled(cancellationToken);
            });
        }

        public IPEndPoint Address { get; }

        public Task<string> Connecting => _connecting.Task;

        public bool IsCancelled => Connecting.IsCanceled;

        public void Answer() => _connecting.TrySetResult(Address.Address.ToString());

        public void AnswerWhenCancelled() => _answersWhenCancelled = true;

        public void Fail(SocketError error) => Fail(new SocketException((int)error));

        public void Fail(Exception error) => _connecting.TrySetException(error);
    }
}

using TPacket.Client.Connection;
using TPacket.Protocol;
using TPacket.WebSockets;

namespace TPacket.Client.Tests.Connection;

/// <summary>The pure function that decides whether and when a client reconnects. clients/typescript/test/reconnection.test.mjs has the same tables.</summary>
public class ReconnectionTests
{
    private static readonly TimeSpan _stable = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _notStable = _stable - TimeSpan.FromMilliseconds(1);

    [Theory]
    [InlineData(1000, true)]
    [InlineData(1001, true)]
    [InlineData(1002, false)]
    [InlineData(1003, false)]
    [InlineData(1005, true)]
    [InlineData(1007, false)]
    [InlineData(1008, false)]
    [InlineData(1009, false)]
    [InlineData(1011, true)]
    [InlineData(1012, true)]
    [InlineData(1013, true)]
    [InlineData(1014, true)]
    [InlineData(3000, true)]
    [InlineData(4000, true)]
    public void A_close_code_decides_whether_a_client_reconnects(int status, bool returns) =>
        Assert.Equal(returns, Returns(new DisconnectCause(DisconnectKind.ClosedByServer, "") { CloseStatus = (CloseStatus)status }));

    [Theory]
    [InlineData(null, true)]
    [InlineData(200, true)]
    [InlineData(302, true)]
    [InlineData(400, false)]
    [InlineData(401, false)]
    [InlineData(403, false)]
    [InlineData(404, true)]
    [InlineData(405, false)]
    [InlineData(408, true)]
    [InlineData(410, false)]
    [InlineData(425, true)]
    [InlineData(426, false)]
    [InlineData(429, true)]
    [InlineData(431, false)]
    [InlineData(500, true)]
    [InlineData(502, true)]
    [InlineData(503, true)]
    [InlineData(504, true)]
    public void An_HTTP_status_decides_whether_a_client_reconnects(int? status, bool returns) =>
        Assert.Equal(returns, Returns(new DisconnectCause(DisconnectKind.Unreachable, "") { HttpStatus = status }));

    [Theory]
    [InlineData(DisconnectKind.Lost, true)]
    [InlineData(DisconnectKind.Timeout, true)]
    [InlineData(DisconnectKind.ProtocolViolation, false)]
    [InlineData(DisconnectKind.ClientFailed, false)]
    public void The_cause_of_an_end_without_a_code_decides_whether_a_client_reconnects(DisconnectKind kind, bool returns) => Assert.Equal(returns, Returns(new DisconnectCause(kind, "")));

    [Theory]
    [InlineData(PacketErrorCode.Unspecified, true)]
    [InlineData(PacketErrorCode.HandlerFailed, true)]
    [InlineData(PacketErrorCode.StoreFailed, true)]
    [InlineData(PacketErrorCode.Unknown, true)]
    [InlineData(PacketErrorCode.NickTaken, true)]
    [InlineData(PacketErrorCode.RateLimited, true)]
    [InlineData(PacketErrorCode.Refused, false)]
    [InlineData(PacketErrorCode.NickInvalid, false)]
    [InlineData(PacketErrorCode.RoomNameInvalid, false)]
    [InlineData((PacketErrorCode)(-1042), false)]
    public void The_error_code_of_a_refusal_decides_whether_a_client_reconnects(PacketErrorCode code, bool returns) =>
        Assert.Equal(returns, Returns(new DisconnectCause(DisconnectKind.Refused, "") { ErrorCode = code }));

    [Fact]
    public void A_first_attempt_that_fails_is_not_repeated() => Assert.Null(After(attempt: 0, ready: null));

    [Fact]
    public void Attempts_are_counted_until_a_connection_has_been_stable()
    {
        Assert.Equal(1, After(attempt: 0, _notStable)?.Attempt);
        Assert.Equal(4, After(attempt: 3, ready: null)?.Attempt);
        Assert.Equal(4, After(attempt: 3, TimeSpan.Zero)?.Attempt);
        Assert.Equal(4, After(attempt: 3, _notStable)?.Attempt);
        Assert.Equal(1, After(attempt: 3, _stable)?.Attempt);
        Assert.Equal(1, After(attempt: 3, TimeSpan.Zero, ReconnectOptions.Default with { StableAfter = TimeSpan.Zero })?.Attempt);
    }

    [Fact]
    public void The_number_of_attempts_is_bounded_and_a_stable_connection_resets_it()
    {
        var two = ReconnectOptions.Default with { MaxAttempts = 2 };
        Assert.Equal(2, After(attempt: 1, ready: null, two)?.Attempt);
        Assert.Null(After(attempt: 2, ready: null, two));
        Assert.Null(After(attempt: 2, _notStable, two));
        Assert.Equal(1, After(attempt: 2, _stable, two)?.Attempt);
        Assert.Null(After(attempt: 0, _stable, ReconnectOptions.Never));
        Assert.Equal(int.MaxValue, After(attempt: int.MaxValue - 1, ready: null)?.Attempt);
        Assert.Null(After(attempt: int.MaxValue, ready: null));
    }

    [Theory]
    [InlineData(1, 0, 500)]
    [InlineData(1, 0.5, 375)]
    [InlineData(2, 0, 1000)]
    [InlineData(6, 0, 16_000)]
    [InlineData(7, 0, 30_000)]
    [InlineData(7, 0.99, 15_150)]
    [InlineData(int.MaxValue, 0, 30_000)]
    public void A_delay_doubles_up_to_a_bound_and_jitter_reduces_it_by_up_to_half(int next, double chance, double milliseconds) =>
        Assert.Equal(new Reconnection(next, TimeSpan.FromMilliseconds(milliseconds)), After(next - 1, TimeSpan.Zero, chance: chance));

    private static bool Returns(DisconnectCause cause)
    {
        var comesBack = Reconnection.After(cause, attempt: 1, ready: null, ReconnectOptions.Default, chance: 0) is not null;
        Assert.Equal(comesBack, cause.IsTransient);
        return comesBack;
    }

    private static Reconnection? After(int attempt, TimeSpan? ready, ReconnectOptions? options = null, double chance = 0) =>
        Reconnection.After(new DisconnectCause(DisconnectKind.Lost, ""), attempt, ready, options ?? ReconnectOptions.Default, chance);
}

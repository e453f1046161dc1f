
namespace TPacket.WebSockets.Tests;

/// <summary>Each exception of a handler is reported to <see cref="WebSocketHandler.OnFailed"/> once; exceptions of that method are ignored.</summary>
public class FailureTests : ConnectionTests
{
    private readonly InvalidOperationException _error = new("of the application's making");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_exception_from_OnUpgrade_is_reported_and_answered_with_500(bool later)
    {
        Handler.Upgrade = _ => later ? ValueTask.FromException<UpgradeDecision>(_error) : throw _error;
        Accept();
        Transport.Receive(Requests.Bytes(Requests.Plain));
        ExpectFailure();
        Assert.StartsWith("HTTP/1.1 500 ", SentText, StringComparison.Ordinal);
    }

    [Fact]
    public void A_decision_for_a_subprotocol_that_was_not_offered_is_reported_and_answered_with_500()
    {
        Handler.Upgrade = _ => new(UpgradeDecision.AcceptWith("nobody's"));
        Accept();
        Transport.Receive(Requests.Bytes(Requests.Plain));
        Assert.IsType<InvalidOperationException>(Assert.Single(Handler.Failures));
        Assert.StartsWith("HTTP/1.1 500 ", SentText, StringComparison.Ordinal);
    }

    [Fact]
    public void An_exception_from_OnOpen_is_reported()
    {
        Handler.Open = () => throw _error;
        Accept();
        Transport.Receive(Requests.Bytes(Requests.Plain));
        ExpectFailure();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_exception_from_OnMessage_is_reported(bool later)
    {
        Open();
        Handler.Message = (_, _) => later ? ValueTask.FromException(_error) : throw _error;
        Transport.Receive(ClientFrames.Text("hello"));
        ExpectFailure();
    }

    [Fact]
    public void An_exception_from_OnDrained_is_reported()
    {
        Open();
        Handler.Emptied = () => throw _error;
        Transport.Room = 0;
        Connection.Send(MessageType.Text, "a"u8);
        Transport.Drain();
        ExpectFailure();
    }

    [Fact]
    public void An_exception_from_OnTick_is_reported()
    {
        Open();
        Handler.Ticked = () => throw _error;
        AdvanceSeconds(1);
        Handler.Ticked = null;
        ExpectFailure();
    }

    [Fact]
    public void An_exception_from_OnClosed_is_reported()
    {
        Open();
        Handler.Closed = () => throw _error;
        ExpectEnd(EndCause.TransportFailed, error: new IOException());
        ExpectFailure();
    }

    private void ExpectFailure() => Assert.Same(_error, Assert.Single(Handler.Failures));
}

namespace TPacket.WebSockets.Tests;

/// <summary>
/// Sends frames of a peer, given unmasked in hex, to an <see cref="EchoEndpoint"/> at every split, and asserts its answers, one line per frame.
/// </summary>
internal static class EchoAssert
{
    // A ping and a message, which an open connection answers.
    private static readonly byte[] _more = Hex.Bytes("89 01 07 82 01 07");

    /// <summary>Asserts the answers to the frames, and that the connection remains open.</summary>
    public static void Answers(Role role, byte[] frames, params string[] answers)
    {
        foreach (var pieces in Splits.Of(PeerFrames.To(role, frames)))
        {
            var endpoint = new EchoEndpoint(role);
            endpoint.Receive(pieces);
            Assert.Equal(answers, endpoint.TakeLines());
            Assert.True(endpoint.Connection.IsOpen);
            endpoint.End();
        }
    }

    /// <inheritdoc cref="Answers(Role, byte[], string[])"/>
    public static void Answers(Role role, string frames, params string[] answers) => Answers(role, Hex.Bytes(frames), answers);

    /// <summary>Asserts that the last byte of the frames fails the connection, that later frames are ignored, and the answers to earlier ones.</summary>
    public static void Fails(Role role, byte[] frames, Violation violation, params string[] answers)
    {
        var bytes = PeerFrames.To(role, frames);
        var failure = $"Close {(int)violation.Status:x4}{Hex.Of(System.Text.Encoding.UTF8.GetBytes(violation.Reason))}";
        foreach (var pieces in Splits.Of(bytes[..^1]))
        {
            var endpoint = new EchoEndpoint(role);
            endpoint.Receive(pieces);
            Assert.Equal(answers, endpoint.TakeLines());
            Assert.True(endpoint.Connection.IsOpen);

            endpoint.Receive(bytes[^1..]);
            Assert.Equal([failure], endpoint.TakeLines());
            ExpectEnd(endpoint, EndCause.Violation, violation.Status, alreadyEnded: true);
        }

        var whole = new EchoEndpoint(role);
        whole.Receive([.. bytes, .. PeerFrames.To(role, _more)]);
        Assert.Equal([.. answers, failure], whole.TakeLines());
        ExpectEnd(whole, EndCause.Violation, violation.Status, alreadyEnded: true);
    }

    /// <inheritdoc cref="Fails(Role, byte[], Violation, string[])"/>
    public static void Fails(Role role, string frames, Violation violation, params string[] answers) => Fails(role, Hex.Bytes(frames), violation, answers);

    /// <summary>Asserts the answers to frames that end with a close frame, and that later frames are ignored. The server ends the TCP connection, the client waits for that.</summary>
    public static void Closes(Role role, byte[] frames, CloseStatus status, params string[] answers)
    {
        foreach (var pieces in Splits.Of(PeerFrames.To(role, frames)))
        {
            var endpoint = new EchoEndpoint(role);
            endpoint.Receive(pieces);
            Assert.Equal(answers, endpoint.TakeLines());
            ExpectEnd(endpoint, EndCause.ClosedByPeer, status, alreadyEnded: role == Role.Server);
        }
    }

    /// <inheritdoc cref="Closes(Role, byte[], CloseStatus, string[])"/>
    public static void Closes(Role role, string frames, CloseStatus status, params string[] answers) => Closes(role, Hex.Bytes(frames), status, answers);

    private static void ExpectEnd(EchoEndpoint endpoint, EndCause cause, CloseStatus status, bool alreadyEnded)
    {
        Assert.Equal(alreadyEnded, endpoint.HasEnded);
        var messages = endpoint.Messages;
        endpoint.ReceiveFrames(_more);
        Assert.Equal(messages, endpoint.Messages);
        Assert.Empty(endpoint.TakeFrames());
        endpoint.EndInput();
        endpoint.ExpectEnd(cause, status);
    }
}

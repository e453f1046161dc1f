namespace TPacket.Server;

/// <summary>Decides which clients may connect, by path, origin, headers, query and address. Called from many threads, event loops among them: it may wait, and must not block.</summary>
public interface IHandshakePolicy
{
    /// <summary>Accepts a well-formed request, or refuses it with an HTTP status and a text.</summary>
    /// <param name="request">The request.</param>
    ValueTask<HandshakeDecision> DecideAsync(HandshakeRequest request);
}

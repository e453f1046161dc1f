namespace TPacket.Server;

/// <summary>
/// Decides which clients may connect, by path, origin, headers, query and address. The engine calls a policy from many threads, including event loops:
/// it may await, but must not block. The engine waits for the decision within <see cref="TPacketServerOptions.HandshakeTimeout"/>.
/// If the policy throws, the engine logs the exception and answers the request with 500.
/// </summary>
public interface IHandshakePolicy
{
    /// <summary>Decides whether to accept a well-formed request, or to refuse it with an HTTP status and a text.</summary>
    /// <param name="request">The request.</param>
    ValueTask<HandshakeDecision> DecideAsync(HandshakeRequest request);
}

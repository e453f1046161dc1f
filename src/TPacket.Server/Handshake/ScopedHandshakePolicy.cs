using System.Diagnostics.CodeAnalysis;
using TPacket.Server.Hosting;

namespace TPacket.Server.Handshake;

/// <summary>A policy with one instance per decision, created in a scope of its own.</summary>
internal sealed class ScopedHandshakePolicy<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>(ScopedFactory<T> factory) : IHandshakePolicy
    where T : class, IHandshakePolicy
{
    public ValueTask<HandshakeDecision> DecideAsync(HandshakeRequest request) => factory.InScopeAsync(policy => policy.DecideAsync(request));
}

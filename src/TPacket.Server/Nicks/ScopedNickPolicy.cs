using System.Diagnostics.CodeAnalysis;
using TPacket.Server.Hosting;

namespace TPacket.Server.Nicks;

/// <summary>A policy with one instance per call, created in a scope of its own.</summary>
internal sealed class ScopedNickPolicy<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>(ScopedFactory<T> factory) : INickPolicy
    where T : class, INickPolicy
{
    public ValueTask<NickDecision> ReserveAsync(string nick, IUser user) => factory.InScopeAsync(policy => policy.ReserveAsync(nick, user));

    public async ValueTask ReleaseAsync(string nick, IUser user) => await factory.InScopeAsync(async policy =>
    {
        await policy.ReleaseAsync(nick, user).ConfigureAwait(false);
        return true;
    }).ConfigureAwait(false);
}

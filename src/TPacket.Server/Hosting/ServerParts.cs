using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Server.Commands;
using TPacket.Server.Handshake;
using TPacket.Server.Nicks;

namespace TPacket.Server.Hosting;

/// <summary>
/// Creates the application's handlers, filters and policies. A class whose constructor takes only singletons has one instance,
/// even if the class has several roles. Any other class has an instance for each call, in the scope of the packet or of the decision.
/// </summary>
/// <param name="lifetimes">Finds the classes that need a scope.</param>
/// <param name="services">The host's services.</param>
/// <param name="scopes">Creates scopes.</param>
internal sealed class ServerParts(ServiceLifetimes lifetimes, IServiceProvider services, IServiceScopeFactory scopes)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Type, object> _parts = [];

    public ICommandHandler Handler<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, ICommandHandler => lifetimes.NeedsScope(typeof(T)) ? new ScopedCommandHandler<T>(Factory<T>()) : Once<T>();

    public IPacketFilter Filter<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, IPacketFilter => lifetimes.NeedsScope(typeof(T)) ? new ScopedPacketFilter<T>(Factory<T>()) : Once<T>();

    public INickPolicy NickPolicy<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, INickPolicy => lifetimes.NeedsScope(typeof(T)) ? new ScopedNickPolicy<T>(Factory<T>()) : Once<T>();

    public IHandshakePolicy HandshakePolicy<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, IHandshakePolicy => lifetimes.NeedsScope(typeof(T)) ? new ScopedHandshakePolicy<T>(Factory<T>()) : Once<T>();

    private ScopedFactory<T> Factory<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class => new(scopes, lifetimes.IsRegistered(typeof(T)));

    private T Once<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class
    {
        if (lifetimes.IsRegistered(typeof(T)))
            return services.GetRequiredService<T>();
        lock (_gate)
        {
            if (_parts.TryGetValue(typeof(T), out var existing))
                return (T)existing;
            var created = ActivatorUtilities.CreateInstance<T>(services);
            _parts.Add(typeof(T), created);
            return created;
        }
    }
}

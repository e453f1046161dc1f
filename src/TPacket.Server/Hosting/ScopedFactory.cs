using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;

namespace TPacket.Server.Hosting;

/// <summary>Creates instances of a class within a scope.</summary>
/// <typeparam name="T">The class.</typeparam>
internal sealed class ScopedFactory<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>
    where T : class
{
    private readonly IServiceScopeFactory _scopes;

    // Null if the class is registered: the container then creates the instances and disposes of them.
    private readonly ObjectFactory<T>? _create;

    /// <summary>Initializes the factory and creates one instance, so that a missing service fails the start.</summary>
    public ScopedFactory(IServiceScopeFactory scopes, bool isRegistered)
    {
        _scopes = scopes;
        _create = isRegistered ? null : ActivatorUtilities.CreateFactory<T>(Type.EmptyTypes);
        InScopeAsync(static _ => default(ValueTask<bool>)).AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Calls a new instance in a scope of its own.</summary>
    public async ValueTask<TResult> InScopeAsync<TResult>(Func<T, ValueTask<TResult>> call)
    {
        var scope = _scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
            return await CallAsync(scope.ServiceProvider, call).ConfigureAwait(false);
    }

    /// <summary>Calls a new instance in a scope, and disposes of it if the container does not.</summary>
    public async ValueTask<TResult> CallAsync<TResult>(IServiceProvider services, Func<T, ValueTask<TResult>> call)
    {
        if (_create is null)
            return await call(services.GetRequiredService<T>()).ConfigureAwait(false);
        var instance = _create(services, arguments: null);
        try
        {
            return await call(instance).ConfigureAwait(false);
        }
        finally
        {
            if (instance is IAsyncDisposable disposable)
                await disposable.DisposeAsync().ConfigureAwait(false);
            else
                (instance as IDisposable)?.Dispose();
        }
    }
}

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TPacket.Client;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers a tPacket client.</summary>
public static class TPacketClientServiceCollectionExtensions
{
    /// <summary>Adds a <see cref="TPacketClient"/> as a singleton, which the container disposes of. Nobody connects it but the application.</summary>
    /// <param name="services">The services.</param>
    /// <param name="address">The server's: <c>ws://host:25021/</c>, or <c>wss:</c>.</param>
    /// <param name="configure">Sets options. They are <see cref="IOptions{TOptions}"/> as all others, so they can also be bound to a section of the configuration.</param>
    public static IServiceCollection AddTPacketClient(this IServiceCollection services, Uri address, Action<TPacketClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(address);
        var options = services.AddOptions<TPacketClientOptions>();
        if (configure is not null)
            options.Configure(configure);
        return services.AddSingleton(provider => new TPacketClient(
            address, provider.GetRequiredService<IOptions<TPacketClientOptions>>().Value, provider.GetService<ILogger<TPacketClient>>()));
    }
}

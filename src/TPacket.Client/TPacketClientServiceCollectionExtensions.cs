using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TPacket.Client;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds a tPacket client to a service collection.</summary>
public static class TPacketClientServiceCollectionExtensions
{
    /// <summary>
    /// Adds a <see cref="TPacketClient"/> as a singleton, which the container disposes of. The application calls <see cref="TPacketClient.ConnectAsync"/>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="address">The server's address, such as <c>ws://host:25021/</c>; see the constructor of <see cref="TPacketClient"/>.</param>
    /// <param name="configure">
    /// Sets options. The client uses <see cref="IOptions{TOptions}"/>, so the application can also bind the options to a section of the configuration.
    /// </param>
    /// <returns>The same services.</returns>
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

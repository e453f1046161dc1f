using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TPacket.Server;

namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>The SQLite file of a run, and its content at the end.</summary>
internal sealed class ChaosFile : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tpacket-chaos-");

    public string Path => System.IO.Path.Combine(_folder.FullName, "chaos.db");

    /// <summary>Reads the logs of rooms after the last session has ended.</summary>
    public async Task<IReadOnlyDictionary<string, RoomLog>> ReadAsync(IReadOnlyList<string> rooms, CancellationToken deadline)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddTPacketServer(static options => (options.Address, options.Port) = ("127.0.0.1", 0)).UseSqlite(options => options.Path = Path);
        using var host = builder.Build();
        await host.StartAsync(deadline);
        try
        {
            // No log shows the end of a client that is in no room.
            while (host.Services.GetRequiredService<IUserDirectory>().Users.Count > 0)
                await Task.Delay(TimeSpan.FromMilliseconds(50), deadline);
            return await ChaosLogs.ReadAsync(host.Services.GetRequiredService<IRoomStore>(), rooms, deadline);
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);
}

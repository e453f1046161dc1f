using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TPacket.ConsoleHost;
using TPacket.Samples;
using TPacket.Server;
using TPacket.Transports.Buffers;

return await HostProgram.RunAsync(() =>
{
    // The settings lie beside the program, wherever it is started from.
    var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
    {
        Args = HostProgram.ReadOnce(args),
        ContentRootPath = AppContext.BaseDirectory,
    });
    builder.Services.AddTPacketServer().AddHealthCheck();
    builder.Services.AddHostedService(static _ => new IdleMemoryTrimmer(static () => BufferPool.Outstanding));
    return builder.Build();
});

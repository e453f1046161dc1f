using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TPacket.ConsoleHost;
using TPacket.Samples;
using TPacket.Server;

return await HostProgram.RunAsync(() =>
{
    // The settings lie beside the program, wherever it is started from.
    var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
    {
        Args = HostProgram.ReadOnce(args),
        ContentRootPath = AppContext.BaseDirectory,
    });
    builder.Services.AddTPacketServer().AddHealthCheck();
    builder.Services.AddHostedService<IdleMemoryTrimmer>();
    return builder.Build();
});

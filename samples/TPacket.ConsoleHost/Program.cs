using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TPacket.ConsoleHost;
using TPacket.Server;

// The settings lie beside the program, wherever it is started from.
var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
{
    Args = args,
    ContentRootPath = AppContext.BaseDirectory,
});
builder.Services.AddTPacketServer().AddHealthCheck();
builder.Services.AddHostedService<IdleMemoryTrimmer>();

try
{
    await builder.Build().RunAsync();
    return 0;
}
catch (Exception e) when (e is IOException or OptionsValidationException)
{
    // A port that is taken, a setting out of range: what to mend, without a stack trace.
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}

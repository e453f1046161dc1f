using CustomCommands;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TPacket.Samples;
using TPacket.Server;

return await HostProgram.RunAsync(() =>
{
    // Finds appsettings.json beside the program, from any working directory.
    var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
    {
        Args = HostProgram.ReadOnce(args),
        ContentRootPath = AppContext.BaseDirectory,
    });
    builder.Services.AddSingleton<IDice, FairDice>();
    builder.Services.AddOptions<RepeatOptions>()
        .BindConfiguration("Repeat")
        .Validate(repeat => repeat.Window > TimeSpan.Zero, "Repeat:Window has to be above zero.")
        .ValidateOnStart();
    builder.Services.AddTPacketServer()
        .AddCommand<RollDiceCommand>(AppCommand.RollDice, inline: true)
        .AddCommand(AppCommand.ServerTime, SendTime, CommandScope.Client, inline: true)
        .AddFilter<RepeatFilter>(inline: true)
        .UseNickPolicy<ReservedNickPolicy>();
    return builder.Build();
});

// A reply to a command from 256 up may use such a command even if the client has not accepted it.
static ValueTask SendTime(CommandContext context)
{
    context.Reply(AppCommand.ServerTime, $"{TimeProvider.System.GetUtcNow():O}");
    return ValueTask.CompletedTask;
}

using CustomCommands;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
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
    builder.Services.AddSingleton<IDice, FairDice>();
    builder.Services.AddOptions<RepeatOptions>()
        .BindConfiguration("Repeat")
        .Validate(repeat => repeat.Window > TimeSpan.Zero, "Repeat:Window has to be above zero.")
        .ValidateOnStart();
    builder.Services.AddTPacketServer()
        .AddCommand<RollDiceCommand>(AppCommand.RollDice, inline: true)
        .AddCommand(AppCommand.ServerTime, TellTime, CommandScope.Client, inline: true)
        .AddFilter<RepeatFilter>(inline: true)
        .UseNickPolicy<ReservedNickPolicy>();
    return builder.Build();
});

// A reply to a command of 256 or more may be such a command too, asked for or not.
static ValueTask TellTime(CommandContext context)
{
    context.Reply(AppCommand.ServerTime, $"{TimeProvider.System.GetUtcNow():O}");
    return ValueTask.CompletedTask;
}

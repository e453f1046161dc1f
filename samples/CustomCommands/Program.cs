using System.Text;
using CustomCommands;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TPacket.Server;

// The settings lie beside the program, wherever it is started from.
var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
{
    Args = args,
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

// A reply to a command of 256 or more may be such a command too, asked for or not.
static ValueTask TellTime(CommandContext context)
{
    context.Reply(AppCommand.ServerTime, data: Encoding.UTF8.GetBytes($"{TimeProvider.System.GetUtcNow():O}"));
    return ValueTask.CompletedTask;
}

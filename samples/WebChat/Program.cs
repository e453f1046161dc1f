using Microsoft.Extensions.Options;
using WebChat;

try
{
    await ChatApp.Build(args).RunAsync();
    return 0;
}
catch (Exception e) when (e is IOException or OptionsValidationException)
{
    // A port that is taken, a setting out of range: what to mend, without a stack trace.
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}

namespace TPacket.TerminalChat;

/// <summary>Where there is no terminal: a line in for each thing entered, a line out for each thing heard.</summary>
internal static class LineView
{
    /// <summary>Reads lines until there are no more, or one asks to leave.</summary>
    public static async Task RunAsync(TextReader input, TextWriter output, ChatScreen screen, Func<string, Task<bool>> enterAsync)
    {
        screen.Follow(line => output.WriteLine(line));
        while (await input.ReadLineAsync() is { } line && await enterAsync(line))
            await output.FlushAsync();
    }
}

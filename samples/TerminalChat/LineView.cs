namespace TPacket.TerminalChat;

/// <summary>The chat without a terminal: reads commands and messages line by line, and writes a line for each event.</summary>
internal static class LineView
{
    /// <summary>Reads lines until the input ends, a line is <c>/quit</c> or the chat has ended.</summary>
    /// <returns>False if the server or a failure has ended the chat.</returns>
    public static async Task<bool> RunAsync(TextReader input, TextWriter output, ChatScreen screen, Func<string, Task<bool>> enterAsync, CancellationToken ended)
    {
        screen.Follow(output.WriteLine);
        try
        {
            // A read from a pipe waits in a system call that cannot be cancelled. The read runs on a background thread, which does not keep the process alive.
            while (await input.ReadLineAsync(CancellationToken.None).AsTask().WaitAsync(ended) is { } line)
            {
                if (!await enterAsync(line))
                    break;
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}

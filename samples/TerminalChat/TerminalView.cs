using Spectre.Console;
using TPacket.Client;

namespace TPacket.TerminalChat;

/// <summary>Fills a terminal: state above, history and roster, and the line that is being written.</summary>
internal sealed class TerminalView(IAnsiConsole console, TPacketClient client, ChatScreen screen, InputLine input)
{
    private const int RosterWidth = 24;
    private const int LeastWidthForRoster = 60;

    // A person types no faster, and a terminal over a slow line draws no faster.
    private static readonly TimeSpan _period = TimeSpan.FromMilliseconds(25);

    private readonly Layout _layout = new Layout().SplitRows(
        new Layout("state").Size(1),
        new Layout("body").SplitColumns(new Layout("history"), new Layout("roster").Size(RosterWidth)),
        new Layout("input").Size(1));

    /// <summary>Draws and reads keys until a command ends it.</summary>
    /// <param name="enterAsync">Does what a line asks for; false ends.</param>
    public async Task RunAsync(Func<string, Task<bool>> enterAsync)
    {
        _layout["history"].Update(new HistoryView(screen));
        await console.Live(_layout).StartAsync(async live =>
        {
            var drawn = -1L;
            var size = (0, 0);
            while (true)
            {
                while (Console.KeyAvailable)
                {
                    if (!await PressAsync(Console.ReadKey(intercept: true), enterAsync))
                        return;
                }

                if (drawn != screen.Version || size != (console.Profile.Width, console.Profile.Height))
                {
                    drawn = screen.Version;
                    size = (console.Profile.Width, console.Profile.Height);
                    Update();
                    live.Refresh();
                }

                await Task.Delay(_period);
            }
        });
    }

    /// <summary>What the client does, for a person.</summary>
    public static string Describe(ClientState state) => state.Phase switch
    {
        ClientPhase.Ready => state.Room is null ? "in no room" : $"in {TerminalText.Clean(state.Room)}",
        ClientPhase.Reconnecting => $"connection lost, attempt {state.Attempt}",
        ClientPhase.Closed => state.Cause is { } cause ? $"closed: {TerminalText.Clean(cause.Message)}" : "closed",
        _ => "connecting",
    };

    private async Task<bool> PressAsync(ConsoleKeyInfo key, Func<string, Task<bool>> enterAsync)
    {
        var page = Math.Max(1, console.Profile.Height - 4);
        if (key.Key is ConsoleKey.PageUp or ConsoleKey.PageDown)
        {
            screen.Scroll(key.Key == ConsoleKey.PageUp ? page : -page);
            return true;
        }

        var line = input.Press(key);
        screen.Touch();
        return line is null || await enterAsync(line);
    }

    private void Update()
    {
        var roster = client.Roster;
        _layout["state"].Update(new Text($" tPacket | {Describe(client.State)} | /help", new Style(decoration: Decoration.Invert)));
        _layout["roster"].IsVisible = console.Profile.Width >= LeastWidthForRoster;
        _layout["roster"].Update(new Rows(
            roster.Users.Select(user => new Text(TerminalText.Clean(user.Nick), user.Id == roster.Self?.Id ? new Style(Color.Green) : null).Ellipsis())
                .Prepend(new Text($"{roster.Count} here", new Style(decoration: Decoration.Underline)))));
        var at = input.Cursor < input.Text.Length ? input.Text[input.Cursor..] : " ";
        var length = System.Globalization.StringInfo.GetNextTextElementLength(at);
        _layout["input"].Update(new Paragraph("> ")
            .Append(TerminalText.Clean(input.Text[..input.Cursor]))
            .Append(TerminalText.Clean(at[..length]), new Style(decoration: Decoration.Invert))
            .Append(TerminalText.Clean(at[length..])));
    }
}

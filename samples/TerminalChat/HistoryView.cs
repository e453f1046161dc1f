using Spectre.Console;
using Spectre.Console.Rendering;

namespace TPacket.TerminalChat;

/// <summary>The visible rows of the history, aligned to the bottom.</summary>
internal sealed class HistoryView(ChatScreen screen) : Renderable
{
    private static readonly Style _dim = new(decoration: Decoration.Dim);

    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        var height = options.Height ?? 1;
        var (rows, below) = screen.Show(maxWidth, height);
        var hint = below > 0 ? 1 : 0;
        for (var blank = rows.Count + hint; blank < height; blank++)
            yield return Segment.LineBreak;
        foreach (var row in rows)
        {
            foreach (var segment in Describe(row))
                yield return segment;
            yield return Segment.LineBreak;
        }

        if (below > 0)
        {
            yield return new Segment($"-- {below} more below, PageDown --", _dim);
            yield return Segment.LineBreak;
        }
    }

    // The text is from other users, so it must not be parsed as markup.
    private static IEnumerable<Segment> Describe(HistoryRow row)
    {
        var (line, start, end) = row;
        var text = line.ToString();
        if (start > 0)
            yield return new Segment(new string(' ', TextWrap.Indent));
        var stamp = Math.Clamp(line.Stamp.Length, start, end);
        var said = Math.Clamp(line.Speaker is null ? stamp : line.Stamp.Length + line.Speaker.Length + 2, start, end);
        if (stamp > start)
            yield return new Segment(text[start..stamp], _dim);
        if (said > stamp)
            yield return new Segment(text[stamp..said], new Style(line.Kind == ChatLineKind.SaidHere ? Color.Green : Color.Aqua, decoration: Decoration.Bold));
        yield return new Segment(text[said..end].TrimEnd(' '), line.Kind switch
        {
            ChatLineKind.Logged => _dim,
            ChatLineKind.Notice => new Style(Color.Grey),
            ChatLineKind.Error => new Style(Color.Red),
            _ => Style.Plain,
        });
    }
}

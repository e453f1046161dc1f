using System.Globalization;
using Checkers.Draughts;

namespace Checkers.Pdn;

/// <summary>
/// Replays the games of a PDN 3.0 file, by PDN's liberal grammar for reading. A game ends with its result, an asterisk, or the header of the next game. A fault does not affect other games.
/// </summary>
internal sealed class PdnReader
{
    private const int MaxTagLength = 100;

    private readonly PdnScanner _scanner;
    private readonly HashSet<string> _tags = new(StringComparer.OrdinalIgnoreCase);
    private Dictionary<string, string> _kept = [];
    private List<PdnBoard> _boards = [];
    private int _number;
    private bool _hasBegun;
    private bool _hasMoves;
    private Position _position;
    private int _halfMoves;
    private string _resultTag = "";
    private PdnFault? _fault;

    /// <summary>The tags in <see cref="PdnGame.Tags"/>.</summary>
    public static IReadOnlyList<string> KeptTags { get; } = ["Event", "Site", "Date", "Round", "Black", "White"];

    public PdnReader(TextReader reader)
    {
        _scanner = new PdnScanner(reader);
        Begin();
    }

    /// <summary>Reads the games one by one.</summary>
    public IEnumerable<PdnGame> Read()
    {
        while (true)
        {
            var token = _scanner.Take();
            if (token.Kind is PdnTokenKind.Open)
                token = SkipVariation(token);
            // A tag begins the next game if the current game has moves or this tag already.
            var isNext = token.Kind is PdnTokenKind.End || (token.Kind is PdnTokenKind.Tag && (_hasMoves || _tags.Contains(token.Text)));
            if (isNext && _hasBegun)
                yield return End("*");
            switch (token.Kind)
            {
                case PdnTokenKind.End:
                    yield break;
                case PdnTokenKind.Result or PdnTokenKind.Separator:
                    if (_hasBegun)
                        yield return End(token.Kind is PdnTokenKind.Result ? token.Text : "*");
                    break;
                case PdnTokenKind.Tag:
                    OnTag(token);
                    break;
                default:
                    OnBody(token);
                    break;
            }
        }
    }

    private void Begin()
    {
        _tags.Clear();
        (_hasBegun, _hasMoves, _position, _halfMoves, _resultTag, _fault) = (false, false, Position.Start, 0, "", null);
        (_kept, _boards) = ([], [new PdnBoard(Position.Start, null)]);
    }

    private PdnGame End(string result)
    {
        if (result == "*" && _resultTag.Length > 0)
            result = _resultTag;
        var game = new PdnGame(++_number, _position, result, _fault) { Tags = _kept, Boards = _boards };
        Begin();
        return game;
    }

    private void OnTag(in PdnToken token)
    {
        _hasBegun = true;
        var name = token.Text;
        // The set is bounded. No real game has more names.
        if (_tags.Count < 256)
            _tags.Add(token.Text);
        if (token.Text.Equals("FEN", StringComparison.OrdinalIgnoreCase))
            SetUp(token, token.Value);
        else if (token.Text.Equals("Result", StringComparison.OrdinalIgnoreCase))
            _resultTag = Shown.Of(token.Value.Trim());
        else if (KeptTags.FirstOrDefault(tag => tag.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } kept)
            _kept.TryAdd(kept, token.Value.Length > MaxTagLength ? token.Value[..MaxTagLength] : token.Value);
        else if (token.Text.Equals("GameType", StringComparison.OrdinalIgnoreCase) && !IsEnglishDraughts(token.Value))
            Fail(token, $"The game type '{Shown.Of(token.Value)}' is not English draughts (21).");
    }

    private void OnBody(in PdnToken token)
    {
        (_hasBegun, _hasMoves) = (true, true);
        switch (token.Kind)
        {
            case PdnTokenKind.Move when _fault is null:
                if (MoveNotation.Find(_position, token.Text, out var move) is { } why)
                {
                    Fail(token, why);
                    break;
                }

                _position = _position.After(move);
                _boards.Add(new PdnBoard(_position, move.ToString()));
                _halfMoves++;
                break;
            case PdnTokenKind.Setup:
                SetUp(token, token.Text);
                break;
            case PdnTokenKind.Close:
                Fail(token, "A variation ends without a beginning.");
                break;
            case PdnTokenKind.Fault:
                Fail(token, token.Text);
                break;
        }
    }

    private void SetUp(in PdnToken token, string fen)
    {
        if (_fault is not null)
            return;
        if (!Fen.TryParse(fen, out var position, out var error))
        {
            Fail(token, error);
            return;
        }

        _position = position;
        if (_boards.Count == 1)
            _boards.Clear();
        _boards.Add(new PdnBoard(position, null));
    }

    private void Fail(in PdnToken token, string text) => _fault ??= new PdnFault(text, token.Line, token.Column, (_halfMoves / 2) + 1);

    /// <summary>Skips a variation with all nested variations.</summary>
    /// <returns>The next token.</returns>
    private PdnToken SkipVariation(in PdnToken first)
    {
        (_hasBegun, _hasMoves) = (true, true);
        var token = first;
        var depth = 0L;
        while (true)
        {
            depth += token.Kind switch { PdnTokenKind.Open => 1, PdnTokenKind.Close => -1, _ => 0 };
            if (token.Kind is PdnTokenKind.End or PdnTokenKind.Tag)
            {
                Fail(first, "The variation that begins here has no end.");
                return token;
            }

            token = _scanner.Take();
            if (depth == 0 && token.Kind is not PdnTokenKind.Open)
                return token;
        }
    }

    private static bool IsEnglishDraughts(string type)
    {
        var number = type.AsSpan();
        if (number.IndexOf(',') is >= 0 and var comma)
            number = number[..comma];
        number = number.Trim();
        return number.IsEmpty || number is "?" || (int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value == 21);
    }
}

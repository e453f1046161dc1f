using System.Diagnostics.CodeAnalysis;

namespace TPacket.Games;

/// <summary>The result of a move: the next board, or the reason why the move is illegal.</summary>
/// <typeparam name="TBoard">The type of the boards.</typeparam>
public readonly record struct Played<TBoard>
    where TBoard : class
{
    internal Played(TBoard? board, string? refusal) => (Board, Refusal) = (board, refusal);

    /// <summary>The next board; null if the move is illegal.</summary>
    public TBoard? Board { get; }

    /// <summary>The reason why the move is illegal; null if it is legal.</summary>
    public string? Refusal { get; }

    /// <summary>Creates the result of a legal move.</summary>
    [SuppressMessage("Usage", "CA2225", Justification = "Rules return the board.")]
    public static implicit operator Played<TBoard>(TBoard board) => new(board ?? throw new ArgumentNullException(nameof(board)), null);
}

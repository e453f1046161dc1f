namespace TPacket.Games;

/// <summary>A game begins.</summary>
/// <param name="Seats">How many seats there are.</param>
/// <param name="SetUp">The position that the members have chosen; null for the usual one.</param>
/// <param name="Number">The number of the game in its room, from 1.</param>
/// <param name="Random">The game's random numbers: the same on every server and at every replay.</param>
public sealed record GameStart(int Seats, string? SetUp, int Number, GameRandom Random);

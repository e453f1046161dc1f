namespace TPacket.Games;

/// <summary>The arguments with which a game begins.</summary>
/// <param name="Seats">The number of seats.</param>
/// <param name="SetUp">The start position that the members have chosen; null for the default.</param>
/// <param name="Number">The number of the game in its room, from 1.</param>
/// <param name="Random">The random numbers of the beginning, the same on every server and at every replay.</param>
public sealed record GameStart(int Seats, string? SetUp, int Number, GameRandom Random);

enum ExportGeneratorModule {}
